// SPDX-License-Identifier: Apache-2.0
// The declarations themselves, comments included: a serialised google.protobuf.FileDescriptorSet,
// for generated classes carry no comments. Read by node/reflect. Thread rule: constant.
#pragma once

namespace wald::spec {

const unsigned char* schema_bytes();
unsigned long schema_size();

}  // namespace wald::spec
