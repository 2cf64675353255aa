// SPDX-License-Identifier: Apache-2.0
#include "node/keys/secret.h"

#include <sodium.h>

#include "codec/base/check.h"
#include "node/os/random.h"

namespace wald::keys::detail {

std::uint8_t* secret_alloc(std::size_t size) {
  os::sodium_ready();
  auto* bytes = static_cast<std::uint8_t*>(::sodium_malloc(size));
  WALD_CHECK(bytes != nullptr);
  ::sodium_memzero(bytes, size);
  return bytes;
}

void secret_free(std::uint8_t* bytes) noexcept { ::sodium_free(bytes); }

}  // namespace wald::keys::detail
