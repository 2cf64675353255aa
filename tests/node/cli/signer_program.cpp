// SPDX-License-Identifier: Apache-2.0
// signer_for_tests: a signer as `--signer exec:` starts it, with the test keys of ann and bob. It
// does as $SIGNER_DOES says, `well` without it, and appends each question to $SIGNER_LOG.
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "codec/base/text.h"
#include "tests/support/world.h"

using namespace wald;
namespace json = boost::json;

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

json::object key_row(const std::string& name, const std::string& of) {
  return {{"name", name}, {"publicKey", base::shown_hex(tests::key_of_name(of).key.view())}};
}

json::object keys_for(const std::string& does) {
  if (does == "no keys") return {};
  if (does == "a bad name") return {{"keys", {key_row("../ann", "ann")}}};
  if (does == "a bad key") return {{"keys", {{{"name", "ann"}, {"publicKey", "0x12"}}}}};
  if (does == "no name") return {{"keys", {{{"publicKey", "0x12"}}}}};
  if (does == "one name twice") return {{"keys", {key_row("ann", "ann"), key_row("ann", "bob")}}};
  return {{"keys", {key_row("bob", "bob"), key_row("ann", "ann")}}};
}

json::object signature_for(const std::string& does, const json::object& question) {
  if (does == "no signature") return {{"signed", true}};
  if (does == "a decline") return {{"error", "declined at the device"}};
  std::string name = "bob";
  for (const char* known : {"ann", "bob"})
    if (base::shown_hex(tests::key_of_name(known).key.view()) ==
        question.at("publicKey").as_string())
      name = known;
  if (does == "another key") name = name == "ann" ? "bob" : "ann";
  const auto bytes = base::from_base64(std::string(question.at("bytes").as_string()));
  return {{"signature", base::shown_hex(tests::key_of_name(name).sign(bytes.value()))}};
}

}  // namespace

int main() {
  const std::string does = variable("SIGNER_DOES");
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  if (const std::string log = variable("SIGNER_LOG"); !log.empty()) {
    std::FILE* file = std::fopen(log.c_str(), "a");
    if (file == nullptr) return 9;
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }
  if (does == "words") std::puts("touch me");
  if (does == "an exit") return 3;
  const json::object question = json::parse(text).as_object();
  const bool list = question.at("op").as_string() == "keys";
  std::puts(json::serialize(list ? keys_for(does) : signature_for(does, question)).c_str());
  return 0;
}
