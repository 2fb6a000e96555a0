import HTTPServer
import Testing
import Traffic

@Suite struct RequestIdentityTests {
    /// The examples and rules of W3C Trace Context, level 1, section 3.2.
    @Test(arguments: [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true),
        ("cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like", true),
        ("cc-12345678901234567890123456789012-1234567890123456-01", true),
        ("cc-12345678901234567890123456789012-1234567890123456-01.what", false),
        ("00-12345678901234567890123456789012-1234567890123456-01-extra", false),
        ("ff-12345678901234567890123456789012-1234567890123456-01", false),
        ("00-00000000000000000000000000000000-1234567890123456-01", false),
        ("00-12345678901234567890123456789012-0000000000000000-01", false),
        ("00-1234567890123456789012345678901G-1234567890123456-01", false),
        ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false),
        ("00-12345678901234567890123456789012-1234567890123456-1", false),
        ("0-12345678901234567890123456789012-1234567890123456-010", false), ("", false),
    ])
    func aTraceGoesOnWhereItIsValid(text: String, isValid: Bool) {
        #expect(RequestIdentity.isTraceparent(text) == isValid)
        let identity = RequestIdentity(["traceparent": text])
        #expect(identity.continuesTrace == isValid)
        #expect((identity.traceparent == text) == isValid)
        #expect(RequestIdentity.isTraceparent(identity.traceparent))
        #expect(identity.fieldsToAdd.contains("traceparent") == !isValid)
        #expect(identity.fieldsToRemove == (isValid ? [] : ["tracestate"]))
    }

    @Test func anIdIsKeptWhereItIsPlain() {
        let kept = RequestIdentity(["X-Request-Id": "abc-1"])
        #expect(kept.id == "abc-1" && kept.isClients && !kept.fieldsToAdd.contains("x-request-id"))
        for bad in ["", "a b", "ü", String(repeating: "a", count: 129)] {
            let made = RequestIdentity(["X-Request-Id": bad])
            #expect(!made.isClients && made.id != bad && made.id.utf8.count == 32)
            #expect(made.fieldsToAdd["x-request-id"] == made.id)
        }
        var twice = HTTPFields()
        twice.append("x-request-id", "a")
        twice.append("x-request-id", "b")
        #expect(!RequestIdentity(twice).isClients)
    }

    @Test func noTwoIdsAreTheSame() {
        var seen: Set<String> = []
        for _ in 0..<10_000 { seen.insert(RequestIdentity([:]).id) }
        #expect(seen.count == 10_000)
    }
}
