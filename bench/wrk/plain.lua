-- The floor: the same requests' sizes against a server that answers from memory. Arguments: method, body bytes, and
-- perhaps requests a second and connections, for so many requests and not more, by pauses of random lengths.
local method, body
function init(args)
    if args[3] then
        local pause = 1000 * tonumber(args[4]) / tonumber(args[3])
        math.randomseed(3)
        function delay() return math.floor(math.random() * 2 * pause + 0.5) end
    end
    method = args[1]
    local bytes = tonumber(args[2] or 0)
    body = bytes > 0 and string.rep("x", bytes) or nil
    wrk.headers["Authorization"] = "Bearer atk_service_0000000000000000000000_000000"
end
function request() return wrk.format(method, "/", nil, body) end
