-- Sends one event a request, each with an id of its own. Arguments: people, key, run.
local people, key, run
local sent = 0
function init(args)
    people, key, run = tonumber(args[1]), args[2], args[3]
    math.randomseed(11)
    wrk.headers["Authorization"] = "Bearer " .. key
    wrk.headers["Content-Type"] = "application/json"
end
function request()
    sent = sent + 1
    local body = '{"id":"' .. run .. "-" .. sent .. '","user_id":"u' .. math.random(0, people - 1) ..
        '","event":"view","item_id":"app-' .. math.random(1, 5000) ..
        '","properties":{"category":"games","tags":["puzzle","offline"],"price":4.99,"position":3}}'
    return wrk.format("POST", "/api/v1/events", nil, body)
end
