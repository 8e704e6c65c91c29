// Files as a broken disk or a hostile hand leaves them.
#pragma once

#include <algorithm>
#include <random>
#include <string>

namespace support {

// One to four edits among the first `reach` bytes: another byte, bytes gone, bytes from elsewhere
// put in, or the end cut off.
inline std::string damaged(std::string bytes, size_t reach, std::mt19937& random) {
  for (size_t edits = 1 + random() % 4; edits > 0 && !bytes.empty(); --edits) {
    const size_t position = random() % std::min(bytes.size(), reach);
    const size_t length = std::min<size_t>(random() % 9, bytes.size() - position);
    switch (random() % 4) {
      case 0:
        bytes[position] = static_cast<char>(random());
        break;
      case 1:
        bytes.erase(position, length);
        break;
      case 2:
        bytes.insert(position, bytes.substr(random() % bytes.size(), length));
        break;
      case 3:
        bytes.resize(bytes.size() - length);
        break;
    }
  }
  return bytes;
}

}  // namespace support
