// SPDX-License-Identifier: Apache-2.0
// The cases of the accept set, computed with affine arithmetic apart from any library. Where a name
// says that an equation holds, it was made to; what is refused all the same is refused on purpose.
#include "proofs/accept_set.h"

namespace wald::proofs {
namespace {

constexpr SignatureCase kSignatures[] = {
    {"good", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     true},
    {"empty message", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "",
     "cd729fac0b54f654b95852b871520c4ae7924b35b7409fe240e40bbe764b810ff8bda6b1148ab7cc"
     "d6594d56999fb8ce5ced50df70c0cd2a1477646fcd129209",
     true},
    {"other message", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c6b",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"S plus L", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a6744323e245c3f86fc870"
     "0e0c6c5538a7dfa3f86f96ea9b30737c0f660ee27e8cde1f",
     false},
    {"S of zero", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a674430000000000000000"
     "000000000000000000000000000000000000000000000000",
     false},
    {"S of zero, R of minus hA", "0100000000000000000000000000000000000000000000000000000000000000",
     "77616c64",
     "01000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000",
     false},
    {"flipped bit in R", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "c7eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"flipped bit in S", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443370e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"A of order 1", "0100000000000000000000000000000000000000000000000000000000000000",
     "77616c64204120312030",
     "230b9fa40ea248cb8ae8d77111fc1f5a2cb929580d2097d6667e7eaef1869a4f36f11f12a37c5e95"
     "6b4bbfba7d41c5a7e14e91afffdae0354ae0038290d54302",
     false},
    {"A of order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "77616c64204120322030",
     "0072033523ae6b530b39a4963309268108b75b33e5f9cc737b8e9dedf7c98f2734d7780c925f5634"
     "cc876ccdd44d7a6b81537458191455ef543bd45ac70d1a00",
     false},
    {"A of order 4", "0000000000000000000000000000000000000000000000000000000000000080",
     "77616c64204120342030",
     "44f3f658e25ca1c085df35edd6759c45fd174451910ce3da2b6face9ab6f3822ffdf0da19d226b9c"
     "35141db954e6c93cecee32b7aa27138a9f28a2db6b537904",
     false},
    {"A of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
     "77616c64204120382032",
     "300c3e71da21d6ed71f31410cdb8d45156c8bdde5f6e5cd49235419ffa9e3bcf0261cb95e62edf90"
     "c88c3fa1f0b0c811cd13da5f3787fe879cf9a757ad1fb205",
     false},
    {"R of order 1", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "01000000000000000000000000000000000000000000000000000000000000002c7bbfd6be7077d9"
     "2f04bc7d2c12ace2a383e1834bf6c3bdbf420d08871e5f06",
     false},
    {"R of order 2", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7fd5c4b8a788b249c4"
     "23d696091108b1b02a62ef0db1efaf141a02e1e37a642f05",
     false},
    {"R of order 4", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "0000000000000000000000000000000000000000000000000000000000000080254c3984374f3f14"
     "1f2095fea8017cec0f0ea2068ea5d1962829ae765cefb407",
     false},
    {"R of order 8", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", "77616c64",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037aebd37d8fc4c4d006"
     "068df14a5e254404c643921e61487971d3d7950c00097209",
     false},
    {"S of zero, A and R in the group of order 2",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "77616c64203020322031",
     "01000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000",
     false},
    {"S of zero, A and R in the group of order 4",
     "0000000000000000000000000000000000000000000000000000000000000080", "77616c64203020342030",
     "00000000000000000000000000000000000000000000000000000000000000800000000000000000"
     "000000000000000000000000000000000000000000000000",
     false},
    {"S of zero, A and R in the group of order 8",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "77616c64203020382031",
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000",
     false},
    {"A mixed with order 2, equation holds",
     "a2f6e64ad6932e3f1700be30ff8c47e6a91331026e3c92bb533fed3f46c07b27",
     "77616c64206d69786564204120322030",
     "977ef7242f5dca7ac328552a28e584b5b2418079907d5b5f7c0cfa09fdd3a237409a2bce71e1088b"
     "ebad101bba5a83b8046dc6afc99ff976ff84c5a87d7af404",
     true},
    {"A mixed with order 2, only the cofactored equation holds",
     "a2f6e64ad6932e3f1700be30ff8c47e6a91331026e3c92bb533fed3f46c07b27",
     "77616c64206d69786564204120322031",
     "f96dc30d495a1075988213b167c41f1920d665a2a09a5c888554080d9d16d3b47b392a35add92573"
     "94595d867113d5b1ad248fe2d5ac3deed49cf25cb1ed5203",
     false},
    {"A mixed with order 4, only the cofactored equation holds",
     "213b7614c065513b751aee8b2c7c04d6762477ef7036d7727b125d952208945b",
     "77616c64206d69786564204120342030",
     "81f5edb73542e3e8f2de0e5339e522284f1db3267ee337f0f2e5b07ef3b14e0fd7593f6b1e6105d2"
     "20133e86fcd59ef26ab5fb609ce8d905144069961e919403",
     false},
    {"A mixed with order 4, equation holds",
     "213b7614c065513b751aee8b2c7c04d6762477ef7036d7727b125d952208945b",
     "77616c64206d69786564204120342039",
     "6215858b0849f843c035f27f2cc9e12aaca059f5a604ab344e6850f12677e780b31340c799e5d7e1"
     "1a3f100b6d885cb3e0b875a50f5c5311c21a874e62c17b03",
     true},
    {"A mixed with order 8, only the cofactored equation holds",
     "cbba4c083d6e57de44c51746d54d6ec94296d6c1b5c9960356acd02c272c2fdf",
     "77616c64206d69786564204120382030",
     "24c39d6d681356b910564b92a893b2fee9eaf93371483da90bead7af1dd841655b7aa265ad1f8d91"
     "a1e4b2524c543867537f9f6ee4df9362b0d92454b507690b",
     false},
    {"A mixed with order 8, equation holds",
     "cbba4c083d6e57de44c51746d54d6ec94296d6c1b5c9960356acd02c272c2fdf",
     "77616c64206d69786564204120382036",
     "b04d20f852b5c7d9a3e321c366df814c0c5db18984015ca765113b031123938a63b23d27a1b8b787"
     "3227ec4ab85e16c3f6b64102b92bc052c42e1a30d2d77c07",
     true},
    {"R mixed with order 2", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "fc9aa107adcd2083f640f77643b306898f757c40f1ed41036da82167a577ac8db8ebdcb5b66a41e6"
     "df750d459df37949259881b9632270d21f4c5a73da5bcc05",
     false},
    {"R mixed with order 4", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "c067293c23223ffeac1a46f1c742663971a703caa5b10e449f6f2a412588703d9d3fbd690d5027e5"
     "009d0c64030876703e30e04111728edddf031376807fa203",
     false},
    {"R mixed with order 8", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "c996f386d543fb7c6068000700ee9d6b4befa1291d7c737f38b4cd0174e296d9bcb14d1c08d2793b"
     "08e853a355b0c000fc06dc52f9f7bd299ed743d185ce3f0f",
     false},
    {"A and R mixed with order 2, equation holds",
     "a2f6e64ad6932e3f1700be30ff8c47e6a91331026e3c92bb533fed3f46c07b27",
     "77616c6420626f746820322034",
     "c9f525d9925225edfb7459b3e8c5bb50ab5116970b86e08dbc4f4ef58aaecea025aa24c377b68cb0"
     "a208e59f5189143c650fbb00844d4bbd0ccf83318bf25e00",
     true},
    {"A and R mixed with order 4, equation holds",
     "213b7614c065513b751aee8b2c7c04d6762477ef7036d7727b125d952208945b",
     "77616c6420626f746820342030",
     "669090d27ae021d8cf810cbca83e59666686f5749d03ddc4197ea70fa58df3cd41be2e47a9010727"
     "73939f85b5443b73965d6b4ca3b468f0854693fe0bfa5d0f",
     true},
    {"A and R mixed with order 8, equation holds",
     "cbba4c083d6e57de44c51746d54d6ec94296d6c1b5c9960356acd02c272c2fdf",
     "77616c6420626f746820382030",
     "74ad35ce0822677c954c480f787a2ce52ae5c999d8738e51a96331b4d10d8b9af76d6a05cb3e21de"
     "cabdcfead64a203802764f22cc4df50cb3c8a9605400b009",
     true},
    {"A non-canonical, identity",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "77616c64206e632030",
     "da9433fade6519fa24e9fdf2357ddd94c488913420cd964196eb5a5a079ca7fd76553ba3f754d1f6"
     "a6f8f274fddef13832ce6dcfff78a2801c40e03d90ac4b0e",
     false},
    {"A non-canonical, identity with sign",
     "0100000000000000000000000000000000000000000000000000000000000080", "77616c64206e632030",
     "985656dbd09c8992e496d5af1e555ff0642f8cd056cb2282ebe67d02bbf8cbc7d10b6e374a81a29c"
     "5637823527980c39f8a1eabe0bd667d752d87b0e16cab905",
     false},
    {"A non-canonical, order 4", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "77616c64206e632030",
     "06ed0aa5b0a8af62f263d1eea132def39558a7175641efb3600692f7e43f9d63435d148581228cbd"
     "e466196e8b8659fbda59a411327f61a5032f6448eddca604",
     false},
    {"A non-canonical, order 2 with sign",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "77616c64206e632032",
     "ad6b35d615cf3ab888ea40b27d35d49fcf6615fcd7428681ec760fcf0207db1a817d0ac52ca65757"
     "d8d5840ac987a0106e7bcf2c149efa11b8f731b76aaf030f",
     false},
    {"R non-canonical identity", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7faed06b197e39e8e9"
     "d5bc4178ad2750be8b35bb72c47e0ab7419e8b27f64ab503",
     false},
    {"R identity with sign", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "0100000000000000000000000000000000000000000000000000000000000080770823230c97d931"
     "a29267fa18c2b68eb942aa3d5d1c33a152060b556ea78f04",
     false},
    {"R non-canonical y 3", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"A non-canonical y 3", "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"R non-canonical y 4", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"A non-canonical y 4", "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"R non-canonical y 5", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"A non-canonical y 5", "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"A off the curve", "0200000000000000000000000000000000000000000000000000000000000000",
     "77616c64",
     "c6eb23a6c1f0e35883fa9f4d42d81e92c4b3d75d369053295298e2a6f9a67443360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
    {"R off the curve", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8",
     "77616c64",
     "0200000000000000000000000000000000000000000000000000000000000000360e5066de0cb618"
     "386f74b259ad008ff86f96ea9b30737c0f660ee27e8cde0f",
     false},
};

constexpr KeyCase kKeys[] = {
    {"base point", "5866666666666666666666666666666666666666666666666666666666666666", true},
    {"a key", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f84d8", true},
    {"minus a key", "4b0919b5296cd1c0e8ff41cf0073b81956eccefd91c36d44acc012c0b93f8458", true},
    {"non-canonical y 3", "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     false},
    {"non-canonical y 4", "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     false},
    {"non-canonical y 5", "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     false},
    {"order 1", "0100000000000000000000000000000000000000000000000000000000000000", false},
    {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
    {"order 4", "0000000000000000000000000000000000000000000000000000000000000080", false},
    {"order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", false},
    {"key plus order 2", "a2f6e64ad6932e3f1700be30ff8c47e6a91331026e3c92bb533fed3f46c07b27", false},
    {"key plus order 4", "213b7614c065513b751aee8b2c7c04d6762477ef7036d7727b125d952208945b", false},
    {"key plus order 8", "cbba4c083d6e57de44c51746d54d6ec94296d6c1b5c9960356acd02c272c2fdf", false},
    {"non-canonical identity", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     false},
    {"identity with sign", "0100000000000000000000000000000000000000000000000000000000000080",
     false},
    {"y of p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
    {"y of 2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
    {"off the curve", "0200000000000000000000000000000000000000000000000000000000000000", false},
};

}  // namespace

std::span<const SignatureCase> signature_cases() { return kSignatures; }
std::span<const KeyCase> key_cases() { return kKeys; }

}  // namespace wald::proofs
