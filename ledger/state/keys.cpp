// SPDX-License-Identifier: Apache-2.0
#include "ledger/state/keys.h"

#include "ledger/state/form.h"

namespace wald::ledger {
namespace detail {

template <class Tables>
struct Forms;
template <class... T>
struct Forms<const std::tuple<T...>> {
  // Whose address is taken is made.
  static constexpr auto encode = std::make_tuple(&encode_record<typename T::RecordType>...);
  static constexpr auto encoded = std::make_tuple(&encoded_record<typename T::RecordType>...);
  static constexpr auto decode = std::make_tuple(&decode_record<typename T::RecordType>...);
  static constexpr auto decode_into =
      std::make_tuple(&ledger::decode_into<typename T::RecordType>...);
};
template struct Forms<decltype(kTables)>;

}  // namespace detail
}  // namespace wald::ledger
