-- wrk: sends the lines of BODIES in turn to the path of the URL with the key BENCH_KEY, and ends with
-- one line of JSON.
local number, bodies = 0, {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("BENCH_KEY") or "")

request = function()
  number = number % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[number])
end

done = function(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '{"n": %d, "wall_s": %.4f, "p50_ms": %.3f, "p99_ms": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout))
end
