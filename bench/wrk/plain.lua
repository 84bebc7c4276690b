-- The floor: the same requests' sizes against a server that answers from memory. Arguments: method, body bytes.
local method, body
function init(args)
    method = args[1]
    local bytes = tonumber(args[2] or 0)
    body = bytes > 0 and string.rep("x", bytes) or nil
    wrk.headers["Authorization"] = "Bearer atk_service_0000000000000000000000_000000"
end
function request() return wrk.format(method, "/", nil, body) end
