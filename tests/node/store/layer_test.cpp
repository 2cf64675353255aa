// SPDX-License-Identifier: Apache-2.0
#include "node/store/layer.h"

#include <catch2/catch.hpp>
#include <map>

#include "codec/base/prng.h"
#include "node/store/state_store.h"

using namespace wald;
using namespace wald::store;

TEST_CASE("layer: a stack answers as the last writer would, and stays shallow", "[node][store]") {
  base::Prng prng(5);
  std::map<std::pair<Table, base::Bytes>, std::optional<base::Bytes>> model;
  std::vector<LayerPtr> stack;
  for (int block = 0; block < 500; ++block) {
    std::map<std::pair<Table, base::Bytes>, std::optional<base::Bytes>> changes;
    for (std::uint64_t n = prng.below(20); n > 0; --n) {
      std::optional<base::Bytes> value;
      if (prng.below(3) != 0) value = prng.bytes(3);
      changes[{static_cast<Table>(prng.below(2)), prng.bytes(1 + prng.below(2))}] = value;
    }
    std::vector<Row> rows;
    for (const auto& [at, value] : changes) {
      rows.insert(rows.begin(), Row{at.first, at.second, value});
      model[at] = value;
    }
    add_layer(stack, std::make_shared<const Layer>(std::move(rows)));
    for (std::size_t i = 1; i < stack.size(); ++i)
      REQUIRE(stack[i - 1]->size() >= 2 * stack[i]->size());
  }
  REQUIRE(stack.size() <= 14);
  for (const auto& [at, value] : model) {
    const Row* found = nullptr;
    for (const LayerPtr& layer : stack)
      if (const Row* row = layer->find(at.first, at.second)) found = row;
    REQUIRE(found != nullptr);
    REQUIRE(found->value == value);
  }
  REQUIRE(stack[0]->find(Table::kMisc, base::Bytes{1}) == nullptr);
}

TEST_CASE("layer: rows that were overwritten go before they outnumber the others",
          "[node][store]") {
  base::Prng prng(6);
  std::map<std::uint8_t, base::Bytes> model;
  std::vector<LayerPtr> stack;
  for (int block = 0; block < 2'000; ++block) {
    std::map<std::uint8_t, base::Bytes> changes;
    for (int n = 0; n < 5; ++n)
      changes[static_cast<std::uint8_t>(prng.below(256))] = prng.bytes(20);
    std::vector<Row> rows;
    for (const auto& [key, value] : changes) rows.push_back(Row{Table::kState, {key}, value});
    for (const auto& [key, value] : changes) model[key] = value;
    add_layer(stack, std::make_shared<const Layer>(std::move(rows)));
    std::size_t held = 0;
    for (const LayerPtr& layer : stack) {
      REQUIRE(layer->held() <= 2 * layer->size() + 64);
      held += layer->held();
    }
    REQUIRE(held <= 2 * 2 * 256 + 64 * stack.size());
  }
  const auto of = [&](std::uint8_t key) -> const Row* {
    for (auto layer = stack.rbegin(); layer != stack.rend(); ++layer)
      if (const Row* row = (*layer)->find(Table::kState, base::Bytes{key})) return row;
    return nullptr;
  };
  for (const auto& [key, value] : model) {
    REQUIRE(of(key) != nullptr);
    REQUIRE(of(key)->value == value);
  }
}

TEST_CASE("layer: the lowest layers of a stack stay as they are while somebody writes them out",
          "[node][store]") {
  const auto layer_of = [](std::uint8_t key) {
    return std::make_shared<const Layer>(
        std::vector<Row>{Row{Table::kState, base::Bytes{key}, base::Bytes{key}}});
  };
  std::vector<LayerPtr> stack;
  add_layer(stack, layer_of(1));
  const std::vector<LayerPtr> frozen = stack;
  for (std::uint8_t key = 2; key < 40; ++key) add_layer(stack, layer_of(key), frozen.size());
  REQUIRE(stack.front() == frozen.front());
  REQUIRE(stack.size() <= 8);
  for (std::uint8_t key = 40; key < 80; ++key) add_layer(stack, layer_of(key));
  REQUIRE(stack.front() != frozen.front());
}
