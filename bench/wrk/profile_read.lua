-- Reads the profile of a random person out of `people`. Arguments: people, key.
local people, key
function init(args)
    people, key = tonumber(args[1]), args[2]
    math.randomseed(7)
    wrk.headers["Authorization"] = "Bearer " .. key
end
function request()
    return wrk.format("GET", "/api/v1/personalization/profile/u" .. math.random(0, people - 1))
end
