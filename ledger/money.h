// SPDX-License-Identifier: Apache-2.0
// Money inside the ledger. Held lies in a record and counts for the supply (law I1); Noted
// is a price, a limit or a past figure and does not. Neither converts into the other. Money leaves
// and enters a Held only as a Coin: move-only, and its destructor CHECKs that nothing is left in
// it, so what one place loses another gains. A coin belongs to the overlay it was taken in; once
// that overlay is marked failed (a refused transaction) its coins are void with it. Thread rule:
// plain values, one thread per overlay.
#pragma once

#include <utility>

#include "economics/amount.h"
#include "ledger/store.h"

namespace wald::spec {
enum BurnCause : int;  // event.proto
}

namespace wald::ledger {

using economics::Amount;

class Held;

class Coin {
 public:
  Coin(Coin&& other) noexcept
      : amount_(std::exchange(other.amount_, Amount())), overlay_(other.overlay_) {}
  Coin& operator=(Coin&&) = delete;
  Coin(const Coin&) = delete;
  ~Coin() { WALD_CHECK(amount_.is_zero() || overlay_->failed()); }

  // Nothing, to add to.
  static Coin none(const Overlay& overlay) { return Coin(Amount(), overlay); }

  Amount amount() const { return amount_; }
  // part <= amount() (CHECK).
  Coin split(Amount part) {
    amount_ = amount_.minus(part).value();
    return Coin(part, *overlay_);
  }
  Coin split_all() { return split(amount_); }
  void add(Coin other) {
    WALD_CHECK(overlay_ == other.overlay_);
    amount_ = amount_.plus(std::exchange(other.amount_, Amount())).value();
  }

 private:
  friend class Held;
  friend class Mint;
  Coin(Amount amount, const Overlay& overlay) : amount_(amount), overlay_(&overlay) {}

  Amount amount_;
  const Overlay* overlay_;
};

class Held {
 public:
  Held() = default;
  static Held decoded(Amount amount) {
    Held held;
    held.amount_ = amount;
    return held;
  }
  Amount amount() const { return amount_; }
  bool is_zero() const { return amount_.is_zero(); }

  // part <= amount() (CHECK): whether it is there is asked, and refused, before.
  Coin take(const Overlay& overlay, Amount part) {
    amount_ = amount_.minus(part).value();
    return Coin(part, overlay);
  }
  Coin take_all(const Overlay& overlay) { return take(overlay, amount_); }
  void put(Coin coin) { amount_ = amount_.plus(std::exchange(coin.amount_, Amount())).value(); }
  friend bool operator==(const Held&, const Held&) = default;

 private:
  Amount amount_;
};

class Noted {
 public:
  Noted() = default;
  explicit Noted(Amount amount) : amount_(amount) {}
  static Noted decoded(Amount amount) { return Noted(amount); }
  Amount amount() const { return amount_; }
  friend bool operator==(const Noted&, const Noted&) = default;

 private:
  Amount amount_;
};

// The two ends of money: genesis makes it once (T-1), a burn with a named cause ends it. Totals per
// cause stand in the supply record.
class Mint {
 public:
  // Genesis only: all of the supply, once.
  static Coin genesis(Overlay& state, Amount supply);
  static void burn(Overlay& state, Coin coin, spec::BurnCause cause);
};

}  // namespace wald::ledger
