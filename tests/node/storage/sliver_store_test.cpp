// SPDX-License-Identifier: Apache-2.0
#include "node/storage/sliver_store.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "codec/base/text.h"
#include "codec/stored.h"
#include "tests/node/storage/rig.h"

using namespace wald;
using namespace wald::storage;
using namespace wald::tests;

namespace {

struct Sample {
  codec::Codec codec = codec::Codec::make(7).value();
  TempDir dir;
  codec::Encoded blob = codec::encode(codec, random_bytes(1, 300'000)).value();
  const base::BlobId& id() const { return blob.metadata().blob_id; }
  std::unique_ptr<SliverStore> open() const { return SliverStore::open(dir / "s", codec).value(); }
  std::string folder() const {
    const std::string hex = base::to_hex(id().view());
    return dir / ("s/" + hex.substr(0, 2) + "/" + hex);
  }
};

constexpr SliverName kRow{codec::Axis::kPrimary, 3};
constexpr SliverName kColumn{codec::Axis::kSecondary, 5};

}  // namespace

TEST_CASE("sliver store: what was put is there after a restart, byte for byte",
          "[node][storage][rule:SN-1]") {
  const Sample s;
  {
    const auto store = s.open();
    REQUIRE(store->blobs().empty());
    REQUIRE(store->put_metadata(s.blob.metadata()).value() == SliverStore::Put::kStored);
    for (const SliverName& name : {kRow, kColumn})
      REQUIRE(store->put_sliver(s.blob.metadata(), s.blob.sliver(name.axis, name.index)).value() ==
              SliverStore::Put::kStored);
    REQUIRE(store->put_metadata(s.blob.metadata()).value() == SliverStore::Put::kHad);
    REQUIRE(store->put_sliver(s.blob.metadata(), s.blob.sliver(kRow.axis, kRow.index)).value() ==
            SliverStore::Put::kHad);
  }
  const auto store = s.open();
  REQUIRE(store->blobs() == std::vector<base::BlobId>{s.id()});
  REQUIRE(store->slivers(s.id()) == std::vector<SliverName>{kRow, kColumn});
  REQUIRE(*store->metadata(s.id()).value() == s.blob.metadata());
  const auto row = store->sliver(s.id(), kRow).value();
  REQUIRE(row.has_value());
  REQUIRE(base::equal(row->body, s.blob.sliver(kRow.axis, kRow.index).body));
  REQUIRE(row->index.value() == kRow.index);
  REQUIRE_FALSE(store->sliver(s.id(), {codec::Axis::kPrimary, 0}).value().has_value());
}

TEST_CASE("sliver store: a part is read from the chunks that hold it",
          "[node][storage][rule:K-28]") {
  const Sample s;
  const auto store = s.open();
  const auto view = s.blob.sliver(kRow.axis, kRow.index);
  store->put_sliver(s.blob.metadata(), view).value();
  REQUIRE(view.body.size() > codec::kStoredChunk);
  for (const auto& [at, count] : {std::pair<std::uint64_t, std::uint64_t>{0, 10},
                                  {65'530, 12},
                                  {65'536, 1},
                                  {view.body.size() - 5, 5},
                                  {0, view.body.size()}}) {
    const auto part = store->part(s.id(), kRow, at, count).value();
    REQUIRE(part.has_value());
    REQUIRE(base::equal(*part, view.body.subspan(at, count)));
  }
  REQUIRE_FALSE(store->part(s.id(), kRow, view.body.size(), 1).value().has_value());
  // Rot in the second chunk: the first one still reads, the second is found out.
  flip_byte(s.folder() + "/primary-00003", codec::kStoredHeader + codec::kStoredChunk + 4 + 9);
  REQUIRE(store->part(s.id(), kRow, 0, 10).value().has_value());
  REQUIRE_FALSE(store->part(s.id(), kRow, 65'536, 10).value().has_value());
  REQUIRE(store->bad_files() == 1);
  REQUIRE_FALSE(store->has_sliver(s.id(), kRow));
}

TEST_CASE("sliver store: a damaged file counts as missing and can be put again",
          "[node][storage][rule:K-28]") {
  const Sample s;
  const auto store = s.open();
  const auto view = s.blob.sliver(kColumn.axis, kColumn.index);
  store->put_metadata(s.blob.metadata()).value();
  store->put_sliver(s.blob.metadata(), view).value();
  flip_byte(s.folder() + "/secondary-00005", 700);
  flip_byte(s.folder() + "/metadata.bcs", 60);
  REQUIRE_FALSE(store->sliver(s.id(), kColumn).value().has_value());
  REQUIRE(store->put_sliver(s.blob.metadata(), view).value() == SliverStore::Put::kStored);
  REQUIRE(store->sliver(s.id(), kColumn).value().has_value());
  const auto again = s.open();  // no cached copy of the metadata
  REQUIRE(again->metadata(s.id()).value() == nullptr);
  REQUIRE_FALSE(again->has_metadata(s.id()));
  REQUIRE(again->bad_files() == 1);
}

TEST_CASE("sliver store: erasing leaves nothing, temporary files of a crash are removed",
          "[node][storage][rule:K-28]") {
  const Sample s;
  {
    const auto store = s.open();
    store->put_metadata(s.blob.metadata()).value();
    store->put_sliver(s.blob.metadata(), s.blob.sliver(kRow.axis, kRow.index)).value();
    store->put_sliver(s.blob.metadata(), s.blob.sliver(kColumn.axis, kColumn.index)).value();
    store->erase_sliver(s.id(), kRow).value();
    REQUIRE(store->slivers(s.id()) == std::vector<SliverName>{kColumn});
    os::write_file_atomic(s.folder() + "/primary-00001.tmp", base::as_bytes("half")).value();
  }
  const auto store = s.open();
  REQUIRE_FALSE(os::exists(s.folder() + "/primary-00001.tmp"));
  REQUIRE_FALSE(os::exists(s.folder() + "/primary-00003"));
  REQUIRE(store->slivers(s.id()) == std::vector<SliverName>{kColumn});
  store->erase_blob(s.id()).value();
  REQUIRE_FALSE(os::exists(s.folder()));
  REQUIRE(store->blobs().empty());
  REQUIRE(s.open()->blobs().empty());
}

TEST_CASE("sliver store: a full disk refuses, leaves nothing behind and recovers",
          "[node][storage][rule:SN-1]") {
  const Sample s;
  const auto store = s.open();
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{4'096, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto put = store->put_sliver(s.blob.metadata(), s.blob.sliver(kRow.axis, kRow.index));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  REQUIRE_FALSE(put.ok());
  REQUIRE(put.error().code == EFBIG);
  REQUIRE_FALSE(store->has_sliver(s.id(), kRow));
  REQUIRE(os::list_dir(s.folder()).value().empty());
  REQUIRE(store->put_sliver(s.blob.metadata(), s.blob.sliver(kRow.axis, kRow.index)).value() ==
          SliverStore::Put::kStored);
}
