// SPDX-License-Identifier: Apache-2.0
#include "node/keys/keystore.h"

#include <sodium.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::keys;
using tests::TempDir;

namespace {

const base::TimeMs kNow(1'769'860'800'123);
const auto kPass = base::as_bytes("correct horse");
constexpr Kdf kFast{true, 2, 64};

void save(const std::string& path, const Secret32& seed, const Kdf& kdf = kFast) {
  save_key(path, Role::kProtocol, "node 1", seed, kNow, kdf, kPass).value();
}

}  // namespace

TEST_CASE("keystore: what was saved opens with its passphrase and nothing else",
          "[node][keys][rule:IF-7]") {
  const TempDir dir;
  const Secret32 seed = random_seed();
  save(dir / "k", seed);
  const auto key = open_key(dir / "k", kPass, {});
  REQUIRE(key.ok());
  REQUIRE(base::equal(key->seed.view(), seed.view()));
  REQUIRE(key->info.role == Role::kProtocol);
  REQUIRE(key->info.label == "node 1");
  REQUIRE(key->info.created == "2026-01-31T12:00:00.123Z");
  REQUIRE(key->info.public_key == public_key_of(seed));
  REQUIRE_FALSE(open_key(dir / "k", base::as_bytes("correct hors"), {}).ok());
  REQUIRE_FALSE(open_key(dir / "k", {}, {}).ok());
  REQUIRE(inspect_key(dir / "k")->public_key == public_key_of(seed));
  REQUIRE_FALSE(save_key(dir / "k", Role::kVrf, "", seed, kNow, kFast, kPass).ok());  // never over
}

TEST_CASE("keystore: a file changed in any place does not open", "[node][keys][rule:IF-7]") {
  const TempDir dir;
  save(dir / "k", random_seed(), Kdf::none());
  const base::Bytes good = os::read_file(dir / "k", 4'096).value();
  REQUIRE(open_key(dir / "k", {}, {.test_chain = true, .role = {}}).ok());
  for (std::size_t i = 0; i < good.size(); ++i) {
    tests::flip_byte(dir / "k", i);
    REQUIRE_FALSE(open_key(dir / "k", {}, {.test_chain = true, .role = {}}).ok());
    tests::flip_byte(dir / "k", i);
  }
  REQUIRE(open_key(dir / "k", {}, {.test_chain = true, .role = {}}).ok());
}

TEST_CASE("keystore: each field is bound, also where the change is well formed",
          "[node][keys][rule:IF-7]") {
  const TempDir dir;
  save(dir / "k", random_seed());
  const std::string good(base::as_text(os::read_file(dir / "k", 4'096).value()));
  const std::vector<std::pair<std::string, std::string>> changes{
      {"\"version\":1", "\"version\":2"},
      {"\"protocol\"", "\"operator\""},
      {"\"node 1\"", "\"node 2\""},
      {"2026-01-31", "2026-01-30"},
      {"\"passes\":2", "\"passes\":3"},
      {"\"memoryMiB\":64", "\"memoryMiB\":65"},
      {"\"publicKey\":\"0x", "\"publicKey\":\"0X"},
      {"{\"version\"", "{ \"version\""},
      {"{\"version\":1", "{\"version\":1,\"extra\":1"},
      {"xchacha20poly1305", "xchacha20poly1306"},
      {"argon2id", "argon2i"}};
  for (const auto& [from, to] : changes) {
    std::string text = good;
    const auto at = text.find(from);
    INFO(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    os::write_file_atomic(dir / "k", base::as_bytes(text), 0600).value();
    REQUIRE_FALSE(open_key(dir / "k", kPass, {}).ok());
  }
  os::write_file_atomic(dir / "k", base::as_bytes(good), 0600).value();
  REQUIRE(open_key(dir / "k", kPass, {}).ok());
}

TEST_CASE("keystore: wrong mode, wrong role, weak or absurd parameters are refused",
          "[node][keys][rule:IF-7]") {
  const TempDir dir;
  const Secret32 seed = random_seed();
  save(dir / "k", seed);
  REQUIRE_FALSE(open_key(dir / "k", kPass, {.test_chain = false, .role = Role::kVrf}).ok());
  REQUIRE(open_key(dir / "k", kPass, {.test_chain = false, .role = Role::kProtocol}).ok());
  REQUIRE(::chmod((dir / "k").c_str(), 0640) == 0);
  REQUIRE_FALSE(open_key(dir / "k", kPass, {}).ok());
  for (const Kdf kdf : {Kdf{true, 1, 64}, Kdf{true, 2, 63}, Kdf{true, 17, 64}, Kdf{true, 2, 4097}})
    REQUIRE_FALSE(save_key(dir / "x", Role::kVrf, "", seed, kNow, kdf, kPass).ok());
  REQUIRE_FALSE(save_key(dir / "x", Role::kVrf, "", seed, kNow, kFast, {}).ok());
  REQUIRE_FALSE(save_key(dir / "x", Role::kVrf, "a\nb", seed, kNow, kFast, kPass).ok());
  REQUIRE_FALSE(
      save_key(dir / "x", Role::kVrf, std::string(65, 'a'), seed, kNow, kFast, kPass).ok());
  REQUIRE_FALSE(os::exists(dir / "x"));
}

TEST_CASE("keystore: a key without a passphrase opens on a test chain only",
          "[node][keys][rule:IF-7]") {
  const TempDir dir;
  save(dir / "k", random_seed(), Kdf::none());
  REQUIRE_FALSE(open_key(dir / "k", {}, {}).ok());
  REQUIRE(open_key(dir / "k", {}, {.test_chain = true, .role = {}}).ok());
}

TEST_CASE("keystore: signatures verify, secrets move and do not copy", "[node][keys]") {
  Secret32 seed = random_seed();
  const auto signature = sign(seed, base::as_bytes("text"));
  const base::PublicKey key = public_key_of(seed);
  const auto text = base::as_bytes("text");
  REQUIRE(::crypto_sign_verify_detached(signature.data(), text.data(), text.size(),
                                        key.bytes().data()) == 0);
  const Secret32 moved = std::move(seed);
  REQUIRE_FALSE(seed.holds());
  REQUIRE(public_key_of(moved.clone()) == key);
  static_assert(!std::is_copy_constructible_v<Secret32>);
  for (const Role role : {Role::kAccount, Role::kOperator, Role::kCommission, Role::kGovernance,
                          Role::kProtocol, Role::kVrf, Role::kSequencer})
    REQUIRE(parse_role(role_name(role)) == role);
  REQUIRE_FALSE(parse_role("root").has_value());
}
