-- Reads the profile of a random person out of `people`, so many requests a second and not more, by pauses of random lengths.
-- Arguments: people, key, requests a second, connections.
local people, key, pause
function init(args)
    people, key = tonumber(args[1]), args[2]
    pause = 1000 * tonumber(args[4]) / tonumber(args[3])
    math.randomseed(7)
    wrk.headers["Authorization"] = "Bearer " .. key
end
function delay()
    return math.floor(math.random() * 2 * pause + 0.5)
end
function request()
    return wrk.format("GET", "/api/v1/personalization/profile/u" .. math.random(0, people - 1))
end
