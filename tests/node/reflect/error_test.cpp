// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/error.h"

#include <catch2/catch.hpp>

namespace wald::reflect {
namespace {

TEST_CASE("error: a refused transaction as the interface shows it", "[reflect]") {
  const auto error = code_error(spec::STAKE_NOT_MATURE, "leaves in epoch 45",
                                {{"matureEpoch", "45"}, {"stake", "0x12"}});
  CHECK(
      boost::json::serialize(error) ==
      "{\"error\":{\"status\":\"FAILED_PRECONDITION\",\"code\":400,\"message\":\"the exit epoch is "
      "not reached: leaves in epoch 45\",\"details\":[{\"@type\":\"ErrorInfo\",\"reason\":"
      "\"STAKE_NOT_MATURE\",\"domain\":\"ledger.wald\",\"metadata\":{\"advice\":\"withdraw from "
      "that epoch on\",\"matureEpoch\":\"45\",\"stake\":\"0x12\"}}]}}");
}

TEST_CASE("error: statuses follow stage and HTTP status, for every code", "[reflect]") {
  CHECK(status_word(spec::MALFORMED) == "INVALID_ARGUMENT");
  CHECK(status_word(spec::TOO_LARGE) == "SIZE_EXCEEDED");
  CHECK(status_word(spec::BAD_SIGNATURE) == "UNAUTHENTICATED");
  CHECK(status_word(spec::NOT_OWNER) == "PERMISSION_DENIED");
  CHECK(status_word(spec::UNKNOWN_NODE) == "NOT_FOUND");
  CHECK(status_word(spec::NONCE) == "ABORTED");
  CHECK(status_word(spec::QUOTA) == "RESOURCE_EXHAUSTED");
  CHECK(status_word(spec::PAUSED) == "UNAVAILABLE");
  CHECK(status_word(spec::LAW_BROKEN) == "INTERNAL");
  const auto& codes = *spec::Code_descriptor();
  for (int i = 0; i < codes.value_count(); ++i)
    CHECK_FALSE(status_word(static_cast<spec::Code>(codes.value(i)->number())).empty());
}

}  // namespace
}  // namespace wald::reflect
