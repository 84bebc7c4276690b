-- Reads the profile of a random person out of `people`; with a rate, so many requests a second and not more, by pauses of
-- random lengths. Arguments: people, key, and perhaps requests a second and connections.
local people, key
function init(args)
    people, key = tonumber(args[1]), args[2]
    math.randomseed(7)
    wrk.headers["Authorization"] = "Bearer " .. key
    if args[3] then
        local pause = 1000 * tonumber(args[4]) / tonumber(args[3])
        function delay() return math.floor(math.random() * 2 * pause + 0.5) end
    end
end
function request()
    return wrk.format("GET", "/api/v1/personalization/profile/u" .. math.random(0, people - 1))
end
