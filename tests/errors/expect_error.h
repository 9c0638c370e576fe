#pragma once
#include "core/result.h"
#include <gtest/gtest.h>

namespace mp4d::test {

/// The call was refused, in a message with `text` in it.
template <class T>
void expect_error(const Result<T>& result, const std::string& text) {
  ASSERT_FALSE(result) << "no error with '" << text << "'";
  EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message << "\nlacks '" << text << "'";
}

}  // namespace mp4d::test
