// SPDX-License-Identifier: Apache-2.0
#include "tests/node/http/test_chain.h"

#include <chrono>
#include <stdexcept>

#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"

namespace wald::tests {
namespace {

Answer answer_of(const net::NetResult<net::Response>& result) {
  if (!result.ok()) throw std::runtime_error("http: " + result.error().text);
  Answer out;
  out.status = result->status;
  out.raw = *result;
  boost::system::error_code failed;
  out.json = boost::json::parse(result->body, failed);
  return out;
}

}  // namespace

std::string Answer::reason() const {
  return std::string(json.at("error").at("details").at(0).at("reason").as_string());
}

spec::Genesis chain_genesis(const std::map<std::string, std::uint64_t>& accounts) {
  spec::Genesis document = small_genesis(accounts);
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  return document;
}

TestChain::TestChain(const spec::Genesis& document, std::uint64_t history_blocks)
    : genesis_(wire::write_canonical(document)), sequencer_(key_of_name("sequencer")) {
  auto built = ledger::build_genesis(genesis_);
  if (!built.ok()) throw std::runtime_error(built.error().field + ": " + built.error().message);
  core::CoreOptions options;
  options.dir = dir_.path();
  options.segment_bytes = 4u << 20;
  options.map_bytes = 64u << 20;
  options.history_blocks = history_blocks;
  auto opened = core::LedgerCore::open(options, *built);
  if (!opened.ok()) throw std::runtime_error(opened.error());
  core_ = std::move(opened).value();
  auto router = std::make_shared<net::Router>();
  http::add_ledger_routes(*router, api());
  net::ServerOptions server;
  server.listen = {"127.0.0.1:0"};
  for (auto& limit : server.limits.classes) limit = {};
  auto started = net::Server::start(server, router);
  if (!started.ok()) throw std::runtime_error(started.error().text);
  server_ = std::move(started).value();
}

TestChain::~TestChain() {
  stop_ = true;
  if (maker_.joinable()) maker_.join();
  server_->stop(1'000);
}

http::LedgerApi TestChain::api() {
  http::LedgerApi api{*core_, {}, {}, {}, "0.1.0", "world", "sequencer", {}, 200, 200};
  api.submit = [this](base::Bytes envelope) {
    http::SubmitResult out;
    out.state = refuse;
    if (refuse != http::SubmitResult::State::kAccepted) return out;
    const auto checked = core_->check(envelope)->value();
    const auto admitted = core_->admit(checked);
    if (!admitted.ok()) {
      out.state = http::SubmitResult::State::kDropped;
      out.code = admitted.error().code;
      out.facts = admitted.error().facts;
      return out;
    }
    const std::lock_guard lock(mutex_);
    if (pool_.emplace(checked.id, std::move(envelope)).second) order_.push_back(checked.id);
    return out;
  };
  api.pending = [this](const base::TxId& id) {
    const std::lock_guard lock(mutex_);
    return pool_.contains(id);
  };
  api.health = [this] { return health; };
  return api;
}

std::string TestChain::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->ports().at(0));
}

void TestChain::make_block(std::uint64_t ms) {
  const core::Head head = core_->head();
  ledger::BlockInput input;
  input.height = head.height.next();
  input.time = base::TimeMs(head.time.value() + ms);
  std::vector<base::TxId> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(order_, {});
    for (const auto& id : taken) input.transactions.push_back(pool_.at(id));
  }
  commit(input);
  const std::lock_guard lock(mutex_);
  for (const auto& id : taken) pool_.erase(id);
}

void TestChain::commit(const ledger::BlockInput& input) {
  core::Staged staged = core_->execute(input);
  const auto preimage = ledger::block_preimage(ledger::header_hash(staged.header));
  const auto signature = sequencer_.sign(preimage);
  core_->commit(std::move(staged), signature).value();
}

void TestChain::force(const std::vector<base::Bytes>& transactions) {
  const core::Head head = core_->head();
  ledger::BlockInput input;
  input.height = head.height.next();
  input.time = base::TimeMs(head.time.value() + 1'000);
  input.transactions = transactions;
  commit(input);
}

void TestChain::block(std::uint64_t ms) { make_block(ms); }

void TestChain::keep_going() {
  maker_ = std::thread([this] {
    while (!stop_) {
      bool work = false;
      {
        const std::lock_guard lock(mutex_);
        work = !order_.empty();
      }
      if (work) make_block(250);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
}

spec::Body TestChain::body_of(const std::string& from, const spec::Operation& operation) const {
  const auto view = core_->view();
  const auto account = ledger::load(*view, ledger::kAccounts, account_of(from));
  spec::Body body;
  body.set_chain(base::string_of(core_->chain().view()));
  body.set_version(1);
  body.set_sender(base::string_of(account_of(from).view()));
  body.set_nonce(account ? account->nonce : 0);
  body.set_valid_until(core_->head().height.value() + 50);
  body.set_max_fee(kWal);
  *body.mutable_operation() = operation;
  return body;
}

base::Bytes TestChain::sign_body(const std::string& from, const spec::Body& body) const {
  const Key key = key_of_name(from);
  const base::Bytes bytes = wire::write_canonical(body);
  spec::Envelope envelope;
  envelope.set_body(base::string_of(bytes));
  envelope.set_policy(base::string_of(ledger::Policy::single(key.key).encode()));
  envelope.set_bitmap(std::string(1, '\1'));
  const auto preimage = ledger::tx_preimage(core_->chain(), ledger::tx_id(bytes));
  envelope.add_signatures(base::string_of(key.sign(preimage)));
  return wire::write_canonical(envelope);
}

base::Bytes TestChain::sign(const std::string& from, const spec::Operation& operation) const {
  return sign_body(from, body_of(from, operation));
}

Answer TestChain::get(const std::string& path) {
  return answer_of(client_.request({net::Method::kGet, url() + path}));
}

Answer TestChain::post(const std::string& path, const std::string& body, const std::string& type) {
  return answer_of(
      client_.request({net::Method::kPost, url() + path, "", {{"content-type", type}}, body}));
}

Answer TestChain::submit(const base::Bytes& envelope) {
  return post("/v1/txs", base::string_of(envelope), "application/octet-stream");
}

}  // namespace wald::tests
