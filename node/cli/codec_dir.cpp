// SPDX-License-Identifier: Apache-2.0
#include "node/cli/codec_dir.h"

#include <unistd.h>

#include <cerrno>
#include <functional>

#include "codec/shape/accounting.h"
#include "codec/stored.h"
#include "node/cli/interrupt.h"
#include "node/os/files.h"

namespace wald::cli {
namespace {

using client::Exit;
using client::fail;
using shape::CodecCode;

constexpr std::size_t kMostInput = std::size_t{16} << 30;

client::Failure io_failure(const os::IoError& error) {
  const bool absent = error.code == ENOENT;
  client::Failure out =
      fail(absent ? Exit::kNotFound : Exit::kUnexpected, absent ? "NOT_FOUND" : "IO", error.text)
          .error;
  if (absent) {
    out.status = "NOT_FOUND";
    out.code = 404;
  }
  return out;
}

using ReadOne =
    std::function<codec::Result<shape::Sliver>(const codec::SliverName&, base::ByteView)>;

Outcome<SliverDir> read_all(const std::string& dir, const shape::Params& params, std::uint64_t len,
                            std::optional<codec::Axis> axis, const ReadOne& read) {
  const auto names = os::list_dir(dir);
  if (!names.ok()) return base::Err{io_failure(names.error())};
  SliverDir out;
  for (const std::string& file : *names) {
    const auto name = codec::parse_sliver_name(file);
    if (!name || (axis && name->axis != *axis)) continue;
    const auto body = params.sliver_bytes(name->axis, len);
    if (!body.ok()) return base::Err{failure_of(body.error())};
    // No form of the right sliver is longer than the stored one.
    std::string path = dir;
    path.append("/").append(file);
    const auto bytes = os::read_file(path, static_cast<std::size_t>(codec::stored_bytes(*body)));
    if (!bytes.ok() && bytes.error().code != 0) return base::Err{io_failure(bytes.error())};
    if (!bytes.ok()) {
      out.bad.push_back({file, name->index, std::string(shape::name(CodecCode::kSliverLength))});
      continue;
    }
    auto sliver = read(*name, *bytes);
    if (sliver.ok())
      out.slivers.push_back({file, *std::move(sliver)});
    else
      out.bad.push_back({file, name->index, std::string(shape::name(sliver.error().code))});
  }
  return out;
}

}  // namespace

client::Failure failure_of(const shape::CodecError& error) {
  const bool argument = error.code == CodecCode::kShardCount ||
                        error.code == CodecCode::kBlobTooLarge ||
                        error.code == CodecCode::kMemoryBudget;
  return fail(argument ? Exit::kUsage : Exit::kProblem, std::string(shape::name(error.code)),
              error.message())
      .error;
}

Outcome<base::Bytes> read_input(const std::string& path) {
  if (path != "-") {
    auto bytes = os::read_file(path, kMostInput);
    if (!bytes.ok()) return base::Err{io_failure(bytes.error())};
    return *std::move(bytes);
  }
  base::Bytes out;
  for (;;) {
    const std::size_t at = out.size();
    out.resize(at + (1u << 20));
    const ssize_t count = ::read(STDIN_FILENO, out.data() + at, out.size() - at);
    if (count < 0 && errno != EINTR)
      return base::Err{io_failure(os::system_error(errno, "read -"))};
    out.resize(at + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return out;
    if (out.size() > kMostInput)
      return fail(Exit::kUsage, "BlobTooLarge", "the input is longer than any blob");
  }
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

Outcome<SliverDir> read_slivers(const std::string& dir, const shape::Params& params,
                                const codec::Metadata& metadata, std::optional<codec::Axis> axis) {
  return read_all(dir, params, metadata.len, axis,
                  [&](const codec::SliverName& name, base::ByteView bytes) {
                    return codec::read_sliver(params, metadata, name, bytes);
                  });
}

Outcome<SliverDir> read_slivers(const std::string& dir, const shape::Params& params,
                                std::uint64_t len, std::optional<codec::Axis> axis) {
  return read_all(dir, params, len, axis, [&](const codec::SliverName& name, base::ByteView bytes) {
    return codec::read_sliver(params, len, name, bytes);
  });
}

}  // namespace wald::cli
