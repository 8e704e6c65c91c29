// One POST to an endpoint and its streamed reply, by libcurl. Internal to this folder.
//
// No redirect is followed, and the token goes to the configured host alone. An attempt is repeated
// only where nothing can have happened yet: when no connection came about, or when the endpoint
// says itself when to come again (429 or 503 with Retry-After), and never once a byte of an answer
// has arrived.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/remote/connections.h"
#include "engine/remote/endpoint.h"

namespace engine::remote {

// What a status of 404 or 405 comes to: a part of the API that not every server has.
enum class IfMissing { error, say };

struct Post {
  std::string url;
  std::string body;  // JSON
  IfMissing if_missing = IfMissing::error;
};

enum class Answered { yes, missing };

// Bytes of a reply with status 200, and whether they are a stream of events.
enum class Form { events, whole };
// What is to come of the exchange then. `enough`: all was said, and what may follow is not heard;
// the connection stays where the endpoint ends its reply at once. `close`: the endpoint shall stop,
// and closing the connection tells it.
enum class Next { more, enough, close };
using OnBytes = std::function<Next(std::string_view bytes, Form form)>;

// Blocks until the reply has ended, or on_bytes or `stop` has ended it: an error says what went
// wrong, at which endpoint, and what to do.
base::Result<Answered> exchange(const Endpoint& endpoint, const Post& post, const OnBytes& on_bytes,
                                std::stop_token stop, Connections& connections);

}  // namespace engine::remote
