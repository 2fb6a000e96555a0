import Adoption
import Domain
import Testing

@Suite struct RequestRecordingTests {
    private func read(_ text: String) -> RequestRecording {
        var recording = RequestRecording()
        recording.read(Array(text.utf8), name: "file")
        return recording
    }

    @Test func aHARGivesItsRequests() throws {
        let recording = read(
            """
            {"log": {"version": "1.2", "entries": [
              {"startedDateTime": "2026-11-20T10:00:00.250Z", "request": {"method": "post",
               "url": "https://shop.example/v1/answer?lang=en", "headers": [{"name": "X-Request-ID", "value": "r-1"}],
               "postData": {"mimeType": "application/json", "text": "{\\"query\\": \\"hi\\"}"}}},
              {"startedDateTime": "2026-11-20T10:00:01Z", "request": {"method": "GET", "url": "https://shop.example"}},
              {"request": {"method": "POST", "url": "https://shop.example/f", "postData": {"params": []}}},
              {"request": {"url": "ftp://no"}}
            ]}}
            """)
        #expect(recording.form == .har)
        #expect(recording.requests.map(\.route) == ["POST /v1/answer", "GET /"])
        let first = try #require(recording.requests.first)
        #expect(first.id == "r-1")
        #expect(first.query == "lang=en")
        #expect(first.seconds == 1_795_168_800.25)
        #expect(first.header("content-type") == "application/json")
        #expect(first.body.map { String(decoding: $0, as: UTF8.self) } == #"{"query": "hi"}"#)
        #expect(recording.problemCount == 2)
    }

    @Test func aLogGivesItsRequests() throws {
        let recording = read(
            """
            {"path": "/v1/a?x=1", "body": {"query": "hi"}, "time": 1763650000}
            {"method": "put", "url": "http://h:1/v1/b", "request_body": "raw", "timestamp": "2026-11-20T10:00:00Z", "id": "b"}
            {"method": "GET", "uri": "/v1/c", "id": "b"}
            {"method": "GET"}
            not json

            {"method": "GET", "path": "/has space"}
            """)
        #expect(recording.requests.map(\.route) == ["POST /v1/a", "PUT /v1/b", "GET /v1/c"])
        #expect(recording.requests.map(\.id) == ["row-1", "b", "b#2"])
        #expect(recording.requests[0].body.map { String(decoding: $0, as: UTF8.self) } == #"{"query":"hi"}"#)
        #expect(recording.requests[1].body.map { String(decoding: $0, as: UTF8.self) } == "raw")
        #expect(recording.problemCount == 3)
        #expect(recording.problems.contains("file:5: no JSON"))
    }

    @Test func aTraceGivesItsQuestion() throws {
        let recording = read(
            """
            {"resourceSpans": [{"scopeSpans": [{"spans": [
              {"traceId": "t1", "spanId": "a", "startTimeUnixNano": "1763650000000000000", "attributes": [
                {"key": "input.value", "value": {"stringValue": "where is my order?"}},
                {"key": "session.id", "value": {"stringValue": "s-1"}}]},
              {"traceId": "t1", "spanId": "b", "parentSpanId": "a", "attributes": [
                {"key": "input.value", "value": {"stringValue": "inner"}}]},
              {"traceId": "t2", "spanId": "c", "attributes": [
                {"key": "input.value", "value": {"stringValue": "{\\"query\\": \\"whole\\"}"}}]},
              {"traceId": "t3", "spanId": "d", "attributes": []}
            ]}]}]}
            """)
        #expect(recording.form == .traces)
        #expect(Set(recording.requests.map(\.id)) == ["t1", "t2"])
        let asked = try #require(recording.requests.first { $0.id == "t1" })
        #expect(asked.question == "where is my order?")
        #expect(asked.route == nil)
        #expect(asked.header("x-session-id") == "s-1")
        let whole = try #require(recording.requests.first { $0.id == "t2" })
        #expect(whole.body.map { String(decoding: $0, as: UTF8.self) } == #"{"query": "whole"}"#)
        #expect(recording.problemCount == 1)
    }

    @Test func anExchangeThatWasNotKeptWholeIsSetAside() {
        var recording = RequestRecording()
        var exchange = Exchange(
            id: "1", gateway: "g", number: 1, began: 0, assigned: .production, method: "POST", path: "/a",
            body: LiveBody(bytes: [0x7B], length: 9, isTruncated: true, omission: .bound))
        recording.add(exchange)
        #expect(recording.requests.isEmpty)
        #expect(recording.problemCount == 1)
        exchange.body = LiveBody(bytes: [0x7B, 0x7D], length: 2)
        recording.add(exchange)
        exchange.isRepeat = true
        recording.add(exchange)
        #expect(recording.requests.count == 1)
    }

    @Test func credentialsAreNeverSent() {
        var request = RecordedRequest(id: "1")
        for name in [
            "Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "X-Auth-Token", "Content-Type",
            "Accept",
            "X-User-ID", "Traceparent", "X-Client-Secret",
        ] {
            request.headers.append(LiveField(name, "v"))
        }
        #expect(SentHeaders.of(request).map(\.name) == ["Content-Type", "Accept", "Traceparent"])
        let kept: Set<String> = ["x-user-id", "authorization", "x-client-secret"]
        #expect(
            SentHeaders.of(request, kept: kept).map(\.name) == [
                "Content-Type", "Accept", "X-User-ID", "Traceparent",
            ])
        #expect(SentHeaders.query("a=1&api_key=2&access_token=3&b=4&sig=5") == "a=1&b=4")
        #expect(SentHeaders.query("token=1") == nil)
        #expect(SentHeaders.query(nil) == nil)
    }
}
