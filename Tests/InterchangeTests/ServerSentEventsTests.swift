import Interchange
import Testing

/// The stream examples of the WHATWG HTML standard, 9.2.6, and its rules one by one.
@Suite struct ServerSentEventsTests {
    private func events(
        _ bytes: [UInt8], chunk: Int = .max
    ) -> (events: [ServerSentEvents.Event], reader: ServerSentEvents) {
        var reader = ServerSentEvents()
        var events: [ServerSentEvents.Event] = []
        var start = 0
        while start < bytes.count {
            let end = chunk == .max ? bytes.count : min(start + chunk, bytes.count)
            reader.feed(bytes[start..<end]) { events.append($0) }
            start = end
        }
        return (events, reader)
    }

    private static func event(
        _ data: String, _ name: String = "message", id: String = ""
    ) -> ServerSentEvents.Event {
        ServerSentEvents.Event(name: name, data: Array(data.utf8), id: id)
    }

    @Test(arguments: [
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [event("first event", id: "1"), event("second event"), event(" third event")]
        ),
        ("data\n\ndata\ndata\n\ndata:", [event(""), event("\n")]),
        ("data:test\n\ndata: test\n\n", [event("test"), event("test")]),
        (
            "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
            [event("73857293", "add"), event("2153", "remove")]
        ),
        ("data: a\r\rdata: b\r\n\r\ndata: c\n\n", [event("a"), event("b"), event("c")]),
        ("data: a\r\ndata: b\r\n\r\n", [event("a\nb")]),
        ("data: a\rdata: b\r\r", [event("a\nb")]),
        ("\u{FEFF}data: a\n\n", [event("a")]),
        ("data: \u{FEFF}a\n\n\u{FEFF}data: b\n\n", [event("\u{FEFF}a")]),
        ("event: only\n\ndata: a\n\n", [event("a")]),
        ("id: 1\0\ndata: a\n\n", [event("a")]),
        ("Data: a\nfoo: b\ndata: c\n\n", [event("c")]),
        ("data: {\"a\": \"b:c\"}\n\n", [event("{\"a\": \"b:c\"}")]),
        ("data: cut", []),
        ("data: cut\n", []),
        ("\n\n\n", []),
    ])
    func theStandardsRulesHold(stream: String, expected: [ServerSentEvents.Event]) {
        let bytes = Array(stream.utf8)
        #expect(events(bytes).events == expected)
        for size in 1...7 { #expect(events(bytes, chunk: size).events == expected, "chunks of \(size)") }
    }

    @Test func anUnfinishedEventIsNoticed() {
        #expect(events(Array("data: a\n\n".utf8)).reader.hasUnfinishedEvent == false)
        #expect(events(Array("data: a\n\ndata: b\n".utf8)).reader.hasUnfinishedEvent)
        #expect(events(Array("data: a\n\ndat".utf8)).reader.hasUnfinishedEvent)
    }

    @Test func aRetryTimeIsANumber() {
        #expect(events(Array("retry: 250\n\n".utf8)).reader.retryMilliseconds == 250)
        #expect(events(Array("retry: 2.5\n\n".utf8)).reader.retryMilliseconds == nil)
    }

    @Test func bytesThatAreNoTextAreKept() {
        let bytes = Array("data: ".utf8) + [0xFF, 0xFE] + Array("\n\n".utf8)
        #expect(events(bytes).events.map(\.data) == [[0xFF, 0xFE]])
        #expect(events(bytes).events.map(\.text) == ["\u{FFFD}\u{FFFD}"])
    }
}
