import Domain
import Interchange
import Notation
import Testing

@Suite struct ExchangeCodecTests {
    static func sample() -> Exchange {
        var exchange = Exchange(
            id: "req-1", gateway: "gw-a", number: 7, began: 1_763_650_800_123_456, assigned: .candidate,
            method: "POST", path: "/ask/ü", query: "q=1",
            headers: [LiveField("Accept", "*/*"), LiveField("x", "")],
            body: LiveBody(bytes: Array("{\"a\":1}".utf8), length: 7, contentType: "application/json"))
        exchange.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        exchange.plan = 12
        exchange.stage = "canary 1 %"
        exchange.served = .production
        exchange.fellBack = true
        exchange.key = 0x00FF_0000_0000_0001
        exchange.slices = [LiveField("locale", "de"), LiveField("intent", "refund")]
        exchange.production = ArmAnswer(
            status: 200, headers: [LiveField("Content-Type", "text/plain")],
            body: LiveBody(
                bytes: [0xFF, 0x00, 0x80], length: 90_000, isTruncated: true, contentType: "text/plain",
                encoding: "br", omission: .encoded),
            timings: LiveTimings(
                connectMilliseconds: 0.25, firstByteMilliseconds: 10.5, firstTokenMilliseconds: 11.125,
                lastByteMilliseconds: 111.125, isReused: true, attempts: 2),
            usage: Usage(inputTokens: 10, cachedInputTokens: 4, outputTokens: 51, cost: 0.002),
            model: "m-1", isStream: true,
            fields: [LiveValue("intent", "refund"), LiveValue("scores", [0.5, nil, ["x": true]])])
        exchange.candidate = ArmAnswer(
            status: 503, timings: LiveTimings(lastByteMilliseconds: 3),
            failure: LiveFailure(.serverStatus, "503"))
        exchange.isRepeat = true
        exchange.reason = .failure
        exchange.feedback = [
            Feedback(
                request: "req-1", received: 1_763_650_900_000_000, thumb: .down, isEscalated: true,
                isResolved: false, fields: (["comment": "no"] as JSONValue).objectValue ?? JSONObject())
        ]
        return exchange
    }

    @Test func anExchangeComesBackAsItWas() throws {
        let exchange = Self.sample()
        #expect(try ExchangeCodec.decode(ExchangeCodec.encode(exchange)) == exchange)
        var bare = Exchange(
            id: "a", gateway: "g", number: 1, began: 0, assigned: .production, method: "GET", path: "/")
        #expect(try ExchangeCodec.decode(ExchangeCodec.encode(bare)) == bare)
        bare.control = ArmAnswer(failure: LiveFailure(.notSent, "the queue is full"))
        #expect(try ExchangeCodec.decode(ExchangeCodec.encode(bare)) == bare)
    }

    @Test func everyFailureHasItsWordAndComesBack() throws {
        for kind in LiveFailure.Kind.allCases {
            var exchange = Self.sample()
            exchange.control = ArmAnswer(failure: LiveFailure(kind))
            #expect(try ExchangeCodec.decode(ExchangeCodec.encode(exchange)).control?.failure?.kind == kind)
        }
    }

    @Test(arguments: [
        (#"{"v":1}"#, "is no exchange"), ("{", "no JSON"),
        (#"{"v":2,"id":"a","gateway":"g","assigned":"production"}"#, "newer sluice"),
        (#"{"v":1,"id":"a","gateway":"g","assigned":"nobody","number":1,"began_us":1}"#, "'assigned'"),
        (
            #"{"v":1,"id":"a","gateway":"g","assigned":"control","number":1,"began_us":1,"method":"GET","path":"/","key":"12"}"#,
            "'key'"
        ),
        (
            #"{"v":1,"id":"a","gateway":"g","assigned":"control","number":1,"began_us":1,"method":"GET","path":"/","body":{"length":3,"base64":"QQ"}}"#,
            "'base64'"
        ),
    ])
    func whatIsNoExchangeIsNamed(line: String, word: String) {
        let problem = #expect(throws: ExchangeCodec.Problem.self) {
            try ExchangeCodec.decode(Array(line.utf8))
        }
        #expect(problem?.description.contains(word) == true)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64HasTheVectorsOfItsStandard(plain: String, code: String) {
        #expect(Base64.encode(Array(plain.utf8)) == code)
        #expect(Base64.decode(code) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "Zm 9", "Zm9v\n"])
    func whatIsNotCanonicalBase64IsNone(code: String) { #expect(Base64.decode(code) == nil) }

    @Test func tokensASecondNeedTwoTokensAndTimeBetween() {
        var timings = LiveTimings(firstTokenMilliseconds: 100, lastByteMilliseconds: 1100)
        #expect(timings.tokensPerSecond(outputTokens: 51) == 50)
        #expect(timings.tokensPerSecond(outputTokens: 1) == nil)
        #expect(timings.tokensPerSecond(outputTokens: nil) == nil)
        timings.lastByteMilliseconds = 100
        #expect(timings.tokensPerSecond(outputTokens: 51) == nil)
    }
}
