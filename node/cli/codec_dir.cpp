// SPDX-License-Identifier: Apache-2.0
#include "node/cli/codec_dir.h"

#include "codec/shape/accounting.h"
#include "node/cli/interrupt.h"
#include "node/os/files.h"

namespace wald::cli {
namespace {

using client::Exit;
using client::fail;
using client::io_failure;
using shape::CodecCode;

}  // namespace

client::Failure failure_of(const shape::CodecError& error) {
  const bool argument = error.code == CodecCode::kShardCount ||
                        error.code == CodecCode::kBlobTooLarge ||
                        error.code == CodecCode::kMemoryBudget;
  return fail(argument ? Exit::kUsage : Exit::kProblem, std::string(shape::name(error.code)),
              error.message())
      .error;
}

Outcome<void> write_output(const std::string& path, base::ByteView bytes) {
  if (interrupted())
    return fail(Exit::kInterrupted, "INTERRUPTED", "stopped; what was written before is whole");
  const Patient patient;  // Ctrl-C leaves the whole file or none
  const auto written = os::write_file_atomic(path, bytes);
  if (!written.ok()) return base::Err{io_failure(written.error())};
  return {};
}

Outcome<DirMetadata> read_metadata(const std::string& dir) {
  const shape::Params most = shape::Params::make(shape::kMaxShards).value();
  const auto cap = static_cast<std::size_t>(shape::metadata_bcs_length(most)) + 32;
  const auto bytes = os::read_file(dir + "/metadata.bcs", cap);
  if (!bytes.ok()) return base::Err{io_failure(bytes.error())};
  auto metadata = shape::bcs::from_bytes<codec::Metadata>(*bytes);
  if (!metadata.ok()) return base::Err{failure_of(metadata.error())};
  const auto codec = codec::Codec::make(metadata->pairs.size());
  // A count out of range makes the metadata bad, not the argument.
  if (!codec.ok())
    return fail(Exit::kProblem, std::string(shape::name(CodecCode::kMetadataCount)),
                codec.error().message());
  const auto verified = shape::verify_metadata(codec->params(), *metadata);
  if (!verified.ok())
    return fail(Exit::kProblem, std::string(shape::name(verified.error().code)),
                verified.error().message());
  return DirMetadata{*codec, *std::move(metadata)};
}

Outcome<SliverDir> open_slivers(const std::string& dir, const shape::Params& params,
                                std::uint64_t len, const base::BlobId* id,
                                std::optional<codec::Axis> axis, client::Trouble& trouble) {
  const auto names = os::list_dir(dir);
  if (!names.ok()) return base::Err{io_failure(names.error())};
  SliverDir out;
  for (const std::string& file : *names) {
    const auto name = codec::parse_sliver_name(file);
    if (!name || (axis && name->axis != *axis)) continue;
    std::string path = dir;
    path.append("/").append(file);
    auto body = client::SliverFile::open(path, *name, params, len, id, trouble);
    if (body.ok())
      out.slivers.push_back({file, *std::move(body)});
    else
      out.bad.push_back({file, name->index, std::string(shape::name(body.error().code))});
  }
  return out;
}

}  // namespace wald::cli
