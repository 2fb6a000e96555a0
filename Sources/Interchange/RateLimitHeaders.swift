import Domain

/// Reads what an app says of its rate limits from its response's header fields.
///
/// `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3), `retry-after-ms`;
/// `x-ratelimit-remaining-requests` and `-reset-requests` with OpenAI's durations (`6m0s`, `20ms`);
/// `ratelimit-remaining` and `-reset` and the combined `ratelimit` field of the IETF draft;
/// `x-ratelimit-remaining` and `-reset` (seconds, or seconds since 1970);
/// `anthropic-ratelimit-requests-remaining` and `-reset` (RFC 3339). Where an API limits tokens beside
/// requests and none of them remain, none of the requests remain. What cannot be read is not said.
public enum RateLimitHeaders {
    /// - Parameters:
    ///   - now: Seconds since 1970, to turn dates into waits; a date in the past is a wait of 0.
    ///   - field: The value of the first field of a name, whatever its case.
    public static func pacing(now: Double, _ field: (String) -> String?) -> Pacing {
        var pacing = Pacing()
        if let milliseconds = field("retry-after-ms").flatMap({ Double($0) }), milliseconds >= 0 {
            pacing.retryAfterSeconds = milliseconds / 1000
        } else if let text = field("retry-after") {
            pacing.retryAfterSeconds = wait(text, now: now)
        }
        if let combined = field("ratelimit") { takeCombined(combined, &pacing) }
        for (remaining, reset) in [
            ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
            ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
            ("ratelimit-remaining", "ratelimit-reset"),
            ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ] where pacing.remainingRequests == nil {
            pacing.remainingRequests = field(remaining).flatMap(count)
            if pacing.remainingRequests != nil, pacing.resetSeconds == nil {
                pacing.resetSeconds = field(reset).flatMap { wait($0, now: now) }
            }
        }
        for (remaining, reset) in [
            ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
            ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
            ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
        ] where field(remaining).flatMap(count) == 0 {
            pacing.remainingRequests = 0
            if let seconds = field(reset).flatMap({ wait($0, now: now) }) {
                pacing.resetSeconds = max(pacing.resetSeconds ?? 0, seconds)
            }
        }
        return pacing
    }

    private static func count(_ text: String) -> Int? {
        guard let number = Int(text), number >= 0 else { return nil }
        return number
    }

    /// `limit=100, remaining=3, reset=50`, or `"default";r=3;t=50`.
    private static func takeCombined(_ text: String, _ pacing: inout Pacing) {
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let value = String(pair[1].filter { $0 != " " })
            switch pair[0].filter({ $0 != " " }) {
            case "remaining", "r": pacing.remainingRequests = count(value)
            case "reset", "t": pacing.resetSeconds = Double(value).flatMap { $0 >= 0 ? $0 : nil }
            default: continue
            }
        }
    }

    /// Seconds to wait: a number, a duration, or a date.
    private static func wait(_ text: String, now: Double) -> Double? {
        if let number = Double(text), number.isFinite {
            // Seconds since 1970 are told from a wait by their size: no one waits thirty years.
            let seconds = number > 1e12 ? number / 1000 - now : number > 1e9 ? number - now : number
            return number < 0 ? nil : max(0, seconds)
        }
        if let seconds = duration(text) { return seconds }
        if let instant = HTTPDate.seconds(text) ?? InternetTime.seconds(text) { return max(0, instant - now) }
        return nil
    }

    /// `1h2m3.5s`, `6m0s`, `20ms`: Go's form, as OpenAI writes it.
    static func duration(_ text: String) -> Double? {
        var total = 0.0
        var number = ""
        var unit = ""
        func close() -> Bool {
            guard let value = Double(number) else { return false }
            switch unit {
            case "d": total += value * 86400
            case "h": total += value * 3600
            case "m": total += value * 60
            case "s": total += value
            case "ms": total += value / 1000
            case "us", "µs", "μs": total += value / 1e6
            default: return false
            }
            (number, unit) = ("", "")
            return true
        }
        for character in text {
            if character.isASCII && character.isNumber || character == "." {
                if !unit.isEmpty && !close() { return nil }
                number.append(character)
            } else {
                unit.append(character)
            }
        }
        return !number.isEmpty && close() ? total : nil
    }
}
