#include "core/text.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

TEST(Text, WhatIsUtf8Stays) {
  for (const char* text : {"", "hip", "H\xC3\xBC" "fte", "\xE8\x85\xBF", "\xF0\x9F\xA6\x8A fox", "\xC2\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(as_utf8(text), text);
}

TEST(Text, WhatIsNotIsTakenForLatin1) {
  EXPECT_EQ(as_utf8("H\xFC" "fte"), "H\xC3\xBC" "fte");
  EXPECT_EQ(as_utf8("\x80"), "\xC2\x80");
  for (const char* broken : {"\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE8\x85", "a\xFF"}) {
    const std::string made = as_utf8(broken);
    EXPECT_NE(made, broken);
    EXPECT_EQ(as_utf8(made), made) << "is UTF-8 now";
  }
}

}  // namespace
}  // namespace mp4d
