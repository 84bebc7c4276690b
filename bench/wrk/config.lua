-- Asks for the configuration of a random person out of `people`, on one of two devices. Arguments: people, key.
local people, key
function init(args)
    people, key = tonumber(args[1]), args[2]
    math.randomseed(5)
    wrk.headers["Authorization"] = "Bearer " .. key
    wrk.headers["Content-Type"] = "application/json"
end
function request()
    return wrk.format("POST", "/api/v1/personalization/config", nil, '{"user_id":"u' .. math.random(0, people - 1) ..
        '","context":{"name":"dashboard","device":"' .. (math.random(2) == 1 and "mobile" or "desktop") .. '"}}')
end
