import Domain
import Interchange
import Testing

@Suite struct RateLimitHeadersTests {
    /// 2026-01-01T00:00:00Z, by `date -u -d 2026-01-01 +%s`.
    private let now = 1_767_225_600.0

    @Test(
        arguments: [
            (["retry-after": "7"], 7, nil, nil),
            (["retry-after": "0"], 0, nil, nil),
            (["retry-after": "-3"], nil, nil, nil),
            (["retry-after": "soon"], nil, nil, nil),
            (["retry-after": "Thu, 01 Jan 2026 00:01:30 GMT"], 90, nil, nil),
            (["retry-after": "Thursday, 01-Jan-26 00:01:30 GMT"], 90, nil, nil),
            (["retry-after": "Thu Jan  1 00:01:30 2026"], 90, nil, nil),
            (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], 0, nil, nil),
            (["retry-after-ms": "1500", "retry-after": "2"], 1.5, nil, nil),
            (["x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "6m0s"], nil, 59, 360),
            (["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20ms"], nil, 0, 0.02),
            (
                ["x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "1h2m3.5s"], nil, 1,
                3723.5
            ),
            (
                [
                    "x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1s",
                    "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "30s",
                ], nil, 0, 30
            ),
            (["ratelimit-remaining": "3", "ratelimit-reset": "50"], nil, 3, 50),
            (["ratelimit": "limit=100, remaining=3, reset=50"], nil, 3, 50),
            (["ratelimit": "\"default\";r=3;t=50"], nil, 3, 50),
            (["x-ratelimit-remaining": "4", "x-ratelimit-reset": "1767225660"], nil, 4, 60),
            (
                [
                    "anthropic-ratelimit-requests-remaining": "9",
                    "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:10.5Z",
                ], nil, 9, 10.5
            ),
            (
                [
                    "anthropic-ratelimit-requests-remaining": "9",
                    "anthropic-ratelimit-requests-reset": "2026-01-01T02:00:10+02:00",
                ], nil, 9, 10
            ),
            ([:], nil, nil, nil),
            (["x-ratelimit-remaining-requests": "many", "x-ratelimit-reset-requests": "5s"], nil, nil, nil),
        ] as [([String: String], Double?, Int?, Double?)])
    func headersAreReadAsTheirAuthorsMeantThem(
        fields: [String: String], retry: Double?, remaining: Int?, reset: Double?
    ) {
        let pacing = RateLimitHeaders.pacing(now: now) { fields[$0] }
        #expect(pacing == Pacing(retryAfterSeconds: retry, remainingRequests: remaining, resetSeconds: reset))
    }
}
