// SPDX-License-Identifier: Apache-2.0
// Every law, one line each; each lives in its own file.
#pragma once

#include "ledger/laws/law.h"

namespace wald::ledger::laws {

std::unique_ptr<Law> supply();        // I1
std::unique_ptr<Law> postings();      // I2
std::unique_ptr<Law> amounts();       // I3
std::unique_ptr<Law> vault();         // I4
std::unique_ptr<Law> own_shares();    // I5
std::unique_ptr<Law> rate();          // I6
std::unique_ptr<Law> payout();        // I8
std::unique_ptr<Law> empty_pool();    // I11
std::unique_ptr<Law> commission();    // I12
std::unique_ptr<Law> pending();       // I13
std::unique_ptr<Law> ring_used();     // I14
std::unique_ptr<Law> ring_money();    // I15
std::unique_ptr<Law> room();          // I16
std::unique_ptr<Law> life();          // I17
std::unique_ptr<Law> pot();           // I19
std::unique_ptr<Law> first_loss();    // I21
std::unique_ptr<Law> seats();         // I22
std::unique_ptr<Law> certificates();  // I26
std::unique_ptr<Law> timetable();     // I27
std::unique_ptr<Law> ballots();       // I28
std::unique_ptr<Law> penalties();     // I29
std::unique_ptr<Law> nonces();        // I30
std::unique_ptr<Law> named();         // I32
std::unique_ptr<Law> refused();       // I34

inline void add_all(Laws& out) {
  for (const auto make :
       {supply,     postings,     amounts,   vault,      own_shares, rate,   payout, empty_pool,
        commission, pending,      ring_used, ring_money, room,       life,   pot,    first_loss,
        seats,      certificates, timetable, ballots,    penalties,  nonces, named,  refused})
    out.push_back(make());
}

}  // namespace wald::ledger::laws
