-- Sends batches of 1,000 events over random people; ids and people differ from batch to batch. Arguments: people, key, run.
local bodies_made = 100
local people, key, run
local bodies = {}
local sent = 0
function init(args)
    people, key, run = tonumber(args[1]), args[2], args[3]
    math.randomseed(13 + tonumber(run))
    wrk.headers["Authorization"] = "Bearer " .. key
    wrk.headers["Content-Type"] = "application/json"
    for body = 1, bodies_made do
        local events = {}
        for i = 1, 1000 do
            events[i] = '{"id":"@' .. i .. '","user_id":"u' .. math.random(0, people - 1) ..
                '","event":"view","item_id":"app-' .. math.random(1, 5000) ..
                '","properties":{"category":"games","tags":["puzzle","offline"],"price":4.99,"position":3}}'
        end
        bodies[body] = "[" .. table.concat(events, ",") .. "]"
    end
end
function request()
    sent = sent + 1
    local body = bodies[sent % bodies_made + 1]:gsub("@", run .. "-" .. sent .. "-")
    return wrk.format("POST", "/api/v1/events", nil, body)
end
