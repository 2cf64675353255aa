// SPDX-License-Identifier: Apache-2.0
#include "node/audit/prover.h"

#include "codec/shape/commitment.h"
#include "node/os/files.h"

namespace wald::audit {
namespace {

using ledger::rounds::RoundView;

constexpr std::size_t kSliverCap = std::size_t{1} << 30;

// The sliver with its tree, if it is the one that the metadata commit to.
struct Sound {
  shape::SliverData data;
  codec::SliverTree tree;
};
std::optional<Sound> read_sound(const prove::SliverKey& key, const codec::Codec& codec,
                                storage::SliverStore& store) {
  const auto metadata = store.metadata(key.blob);
  if (!metadata.ok() || *metadata == nullptr) return std::nullopt;
  const storage::SliverName name{key.axis, key.sliver.value()};
  auto data = store.sliver(key.blob, name);
  if (!data.ok() || !data->has_value()) return std::nullopt;
  const codec::SliverView sliver = codec::view(key.axis, **data);
  const auto& params = codec.params();
  if (sliver.index == name.index && codec::check_form(params, (*metadata)->len, sliver).ok()) {
    codec::SliverTree tree = codec::SliverTree::build(codec, sliver);
    if (tree.root() == shape::sliver_hash(params, **metadata, key.axis, key.sliver))
      return Sound{**std::move(data), std::move(tree)};
  }
  // Whether the removal succeeds or not, this sliver answers nothing.
  static_cast<void>(store.erase_sliver(key.blob, name).ok());
  return std::nullopt;
}

void answer(prove::AnswerBuilder& builder, const Sound& sound, const prove::SliverKey& key,
            const std::vector<proofs::Point>& points, const codec::Codec& codec) {
  const codec::SliverView sliver = codec::view(key.axis, sound.data);
  base::Bytes symbol(sliver.symbol_size);
  for (const proofs::Point& point : points) {
    codec::symbol(codec, sliver, point.symbol.value(), symbol);
    builder.ok(point.t, symbol, sound.tree.path(point.symbol.value()));
  }
}

}  // namespace

std::optional<Proved> prove_round(const RoundView& view, const ledger::DrawRecord& draw,
                                  std::uint16_t place, const codec::Codec& codec,
                                  storage::SliverStore& store,
                                  const std::function<bool()>& keep_going) {
  prove::AnswerBuilder builder(view.record.points);
  std::vector<proofs::Point> asked;
  for (const proofs::Point& point :
       ledger::rounds::exam_of(view, place).points(view.record.points)) {
    if (ledger::rounds::is_lost(view, point.shard))
      builder.lost(point.t);
    else
      asked.push_back(point);
  }
  std::vector<base::BlobId> blobs;
  for (const ledger::DrawnBlob& blob : draw.blobs) blobs.push_back(blob.blob_id);
  std::uint64_t used = 0, damaged = 0;
  for (const auto& [key, points] : prove::group_by_sliver(codec.params(), asked, blobs)) {
    if (!keep_going()) return std::nullopt;
    if (const auto sound = read_sound(key, codec, store)) {
      answer(builder, *sound, key, points, codec);
      ++used;
    } else {
      for (const proofs::Point& point : points) builder.unavailable(point.t);
      ++damaged;
    }
  }
  return Proved{std::move(builder).finish(), used, damaged};
}

os::IoResult<void> save_answers(const std::string& path, const prove::Answers& answers) {
  base::Writer out;
  for (std::uint16_t t = 0; t < answers.points(); ++t) {
    const base::Bytes& leaf = answers.leaf(t);
    out.le(base::narrow<std::uint32_t>(leaf.size())).raw(leaf);
  }
  return os::write_file_atomic(path, out.bytes(), 0600);
}

std::optional<prove::Answers> load_answers(const std::string& path, std::uint16_t points) {
  const auto bytes = os::read_file(path, kSliverCap);
  if (!bytes.ok()) return std::nullopt;
  base::Reader in(*bytes);
  prove::AnswerBuilder builder(points);
  for (std::uint16_t t = 0; t < points; ++t) {
    const auto size = in.le<std::uint32_t>();
    const auto raw = size ? in.raw(*size) : std::nullopt;
    const auto leaf = raw ? proofs::parse_leaf(*raw) : std::nullopt;
    if (!leaf || leaf->t != t) return std::nullopt;
    switch (leaf->status) {
      case proofs::LeafStatus::kOk:
        builder.ok(t, leaf->symbol, leaf->path);
        break;
      case proofs::LeafStatus::kUnavailable:
        builder.unavailable(t);
        break;
      case proofs::LeafStatus::kDenied:
        builder.denied(t);
        break;
      case proofs::LeafStatus::kLost:
        builder.lost(t);
        break;
    }
  }
  if (!in.done()) return std::nullopt;
  return std::move(builder).finish();
}

}  // namespace wald::audit
