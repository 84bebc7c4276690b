-- Asks what a random person out of `people` should be shown: "recommendations" with reasons, "rank" of 300 items, or "homepage". With a
-- rate, so many requests a second and not more, by pauses of random lengths. Arguments: what, people, items, key, and perhaps requests a
-- second and connections.
local what, people, ranked
function init(args)
    what, people = args[1], tonumber(args[2])
    math.randomseed(7)
    local ids = {}
    for i = 0, 299 do ids[#ids + 1] = '"item-' .. (i * 331 % tonumber(args[3])) .. '"' end
    ranked = table.concat(ids, ",")
    wrk.headers["Authorization"] = "Bearer " .. args[4]
    wrk.headers["Content-Type"] = "application/json"
    if args[5] then
        local pause = 1000 * tonumber(args[6]) / tonumber(args[5])
        function delay() return math.floor(math.random() * 2 * pause + 0.5) end
    end
end
function request()
    local user = "u" .. math.random(0, people - 1)
    if what == "homepage" then return wrk.format("GET", "/api/v1/homepage/" .. user, nil, nil) end
    if what == "rank" then
        return wrk.format("POST", "/api/v1/rank", nil, '{"user_id":"' .. user .. '","items":[' .. ranked .. ']}')
    end
    return wrk.format("POST", "/api/v1/recommendations", nil, '{"placement":"bench","user_id":"' .. user ..
        '","reasons":true,"context":{"budget":' .. math.random(20, 95) .. ',"device":"mobile"}}')
end
