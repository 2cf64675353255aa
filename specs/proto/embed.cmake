# Turns the file IN into the C++ source OUT that holds its bytes (specs/proto/schema_bytes.h).
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1,\n" bytes "${bytes}")
file(WRITE ${OUT}
"// Generated from the descriptor set; see specs/proto/embed.cmake.
#include \"specs/proto/schema_bytes.h\"

namespace wald::spec {
namespace {
const unsigned char kBytes[] = {
${bytes}
};
}  // namespace
const unsigned char* schema_bytes() { return kBytes; }
unsigned long schema_size() { return sizeof kBytes; }
}  // namespace wald::spec
")
