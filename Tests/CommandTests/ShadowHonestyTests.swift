import Domain
import Foundation
import HTTPServer
import Interchange
import Notation
import Testing

/// What a shadow report must not say: tails averaged away, times of unequal load, likeness of documents that nothing
/// names, agreement of two arms that failed.
@Suite struct ShadowHonestyTests {
    private func json(_ outcome: Outcome) throws -> JSONValue {
        try JSONValue.parse(Array(outcome.out.utf8), limits: JSONLimits(bytes: 64 << 20))
    }

    private func texts(_ report: JSONValue) -> [String] {
        (report["findings"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
    }

    private func answer(_ value: JSONValue, _ milliseconds: Double = 20, status: Int = 200) -> ArmAnswer {
        let bytes = value.bytes()
        return ArmAnswer(
            status: status,
            body: LiveBody(bytes: bytes, length: bytes.count, contentType: "application/json"),
            timings: LiveTimings(firstByteMilliseconds: milliseconds, lastByteMilliseconds: milliseconds),
            failure: status >= 400 ? LiveFailure(.clientStatus) : nil)
    }

    private func exchange(
        _ number: Int, key: Int, gateway: String = "replay", _ production: ArmAnswer, _ candidate: ArmAnswer
    ) -> Exchange {
        var exchange = Exchange(
            id: "r-\(number)", gateway: gateway, number: number, began: 1_763_650_000_000_000 + number,
            assigned: .production, method: "POST", path: "/v1/answer",
            body: LiveBody(bytes: Array("{}".utf8), length: 2, contentType: "application/json"))
        exchange.key = UInt64(key)
        exchange.production = production
        exchange.candidate = candidate
        return exchange
    }

    private func report(
        _ exchanges: [Exchange], gates: [String]? = nil, _ words: [String] = []
    ) async throws -> (outcome: Outcome, json: JSONValue, place: Workplace) {
        let place = try Workplace()
        try place.write("captured.jsonl", exchanges.flatMap { ExchangeCodec.encode($0) })
        if let gates { try place.writePolicy(baseline: "http://a/", candidate: "http://b/", gates: gates) }
        let outcome = try await place.start(
            ["shadow", "report", "captured.jsonl", "--json"] + words
        ).outcome()
        return (outcome, try json(outcome), place)
    }

    /// 60 users of ten requests; of each, the candidate lets one wait for 10 s.
    @Test func aTailWithinKeysBlocks() async throws {
        let fine: JSONValue = ["answer": "x"]
        let exchanges = (0..<600).map { (number: Int) -> Exchange in
            let slow: Double = number % 10 == 3 ? 10_000 + Double(number % 500) : 200
            return exchange(
                number, key: number / 10, answer(fine, 200 + Double(number % 50)), answer(fine, slow))
        }
        let found = try await report(exchanges, gates: ["latency.p95 <= 3500ms"])
        #expect(found.outcome.status == 1, "\(found.outcome)")
        let gate = found.json["judgement"]?["gates"]?.arrayValue?.first
        let tail: Double = gate?["candidate"]?["value"]?.doubleValue ?? 0
        #expect(tail > 10_000)
        // The page's own percentile is the same number.
        let latency = found.json["numbers"]?.arrayValue?.first { $0["name"]?.stringValue == "latency" }
        let own = latency?["percentiles"]?.arrayValue?.first { $0["level"]?.doubleValue == 0.95 }
        #expect(own?["candidate"]?["value"] == gate?["candidate"]?["value"])
    }

    @Test(arguments: ["live", "replay"]) func timesOfUnequalLoadAreNoClaim(gateway: String) async throws {
        let isLive = gateway == "live"
        let exchanges = (0..<60).map { (number: Int) -> Exchange in
            var one = exchange(
                number, key: number, gateway: gateway,
                answer(["answer": "x"], 209 + Double(number % 7)),
                answer(["answer": "x"], 23 + Double(number % 5)))
            one.control = answer(["answer": "x"], 24)
            return one
        }
        let found = try await report(
            exchanges, gates: ["latency not worse than baseline", "latency.p95 <= 3500ms"])
        #expect(found.outcome.status == 0, "\(found.outcome)")
        let texts = texts(found.json)
        #expect(texts.contains { $0.hasPrefix("latency:") && $0.contains("; p ") } == !isLive, "\(texts)")
        #expect(texts.contains { $0.contains("Not comparable: live") } == isLive, "\(texts)")
        if isLive { #expect(texts.contains { $0.contains("its second answer 24") }, "\(texts)") }
        let aside = found.json["gates_set_aside_for_load"]?.arrayValue?.compactMap(\.stringValue)
        #expect(aside == (isLive ? ["latency not worse than baseline"] : []))
        #expect(found.json["judgement"]?["gates"]?.arrayValue?.count == (isLive ? 1 : 2))
        let latency = found.json["numbers"]?.arrayValue?.first { $0["name"]?.stringValue == "latency" }
        #expect(latency?["mean_test"]?.isNull == isLive && latency?["comparable"]?.boolValue == !isLive)
        let told = try await found.place.sluice("shadow", "report", "captured.jsonl")
        #expect(told.out.contains("set aside (live arms carry unequal load") == isLive, "\(told)")
    }

    /// Five documents of which one is another: Jaccard 4/6, whatever member names them.
    @Test(arguments: ["id", "ref", "url", "name", "text", "weight"])
    func documentsAreNeverNamedByTheirPlace(member: String) async throws {
        func hits(_ names: [String]) -> JSONValue {
            let hits = names.map { (name: String) -> JSONValue in
                var hit = JSONObject()
                hit[member] = member == "weight" ? 1 : .string(name)
                return .object(hit)
            }
            return ["answer": "x", "documents": .array(hits)]
        }
        let exchanges = (0..<30).map { (number: Int) -> Exchange in
            exchange(
                number, key: number, answer(hits(["a", "b", "c", "d", "e"])),
                answer(hits(["a", "b", "c", "d", "z"])))
        }
        let found = try await report(exchanges)
        let overlap = found.json["likeness"]?.arrayValue?.first {
            $0["name"]?.stringValue == "documents in common"
        }
        let isNameless = member == "weight"
        #expect(texts(found.json).contains { $0.contains("neither an id") } == isNameless)
        if isNameless {
            #expect(overlap == nil)
        } else {
            let share: Double = overlap?["candidate"]?["value"]?.doubleValue ?? 0
            #expect(abs(share - 4.0 / 6) < 1e-9)
        }
    }

    @Test func requestsWithoutBodiesAreNotSent() async throws {
        let place = try Workplace()
        let app = try AnyApp { _ in .json(["error": "no question"], status: 400) }
        let line = #"{"method": "POST", "path": "/v1/answer", "status": 200, "milliseconds": 28.5, "key": "k"#
        try place.write("access.log", (0..<30).map { "\(line)\($0)\"}\n" }.joined())
        let words = [
            "shadow", "replay", "access.log", "--only", "POST /v1/answer", "--production", app.origin,
            "--candidate", app.origin,
        ]
        let refused = try await place.start(words).outcome()
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.err.contains("30 of 30 requests"), "\(refused)")
        #expect(refused.err.contains("--allow-empty"), "\(refused)")
        #expect(app.requests.isEmpty)
        let sent = try await place.start(words + ["--allow-empty"]).outcome()
        #expect(sent.status == 2, "\(sent)")
        #expect(sent.out.contains("CANNOT TELL"), "\(sent)")
        #expect(
            sent.out.contains("both arms failed 100 % of requests: nothing was compared"), "\(sent)")
    }

    @Test func aShareOfAFieldIsOfRequests() async throws {
        let whole: JSONValue = ["answer": "x", "currency": "EUR"]
        let part: JSONValue = ["answer": "x"]
        let exchanges = (0..<300).map { (number: Int) -> Exchange in
            exchange(number, key: number / 10, answer(whole), answer(number % 10 == 0 ? part : whole))
        }
        let found = try await report(exchanges)
        let field = found.json["fields"]?.arrayValue?.first { $0["path"]?.stringValue == "/currency" }
        let share: Double = field?["share"]?["value"]?.doubleValue ?? 0
        #expect(abs(share - 0.1) < 1e-9)
        #expect(field?["keys"]?.intValue == 30)
        #expect(
            texts(found.json).contains { $0.hasPrefix("/currency: missing in 10.0 %") },
            "\(texts(found.json))")
    }

    @Test func lostExchangesLeaveAGapThatIsTold() async throws {
        let all = (1...60).map {
            exchange($0, key: $0, gateway: "g", answer(["answer": "x"]), answer(["answer": "x"]))
        }
        let torn = all.filter { !(20..<30).contains($0.number) }
        // A gateway that was started again counts from 1 again.
        let again = (1...5).map { (number: Int) -> Exchange in
            var one = exchange(
                number, key: number, gateway: "g", answer(["answer": "x"]), answer(["answer": "x"]))
            one.id = "again-\(number)"
            one.began += 1_000_000
            return one
        }
        let found = try await report(torn + again)
        #expect(found.json["join"]?["missing_numbers"]?.intValue == 10)
        #expect(texts(found.json).contains { $0.hasPrefix("10 requests that a gateway numbered") })
        let whole = try await report(all + all)
        #expect(whole.json["join"]?["missing_numbers"]?.intValue == 0)
    }

    /// Emoji, headings … that stand in no answer put no question, and take no share of the error.
    @Test func whatDiffersInNoKeyIsNotTested() async throws {
        let exchanges = (0..<60).map { (number: Int) -> Exchange in
            let after: JSONValue = .string(number < 9 ? "all is well!" : "all is well")
            return exchange(
                number, key: number, answer(["answer": "all is well"]), answer(["answer": after]))
        }
        let found = try await report(exchanges)
        let rates = found.json["rates"]?.arrayValue ?? []
        for name in ["emoji", "headings", "bold", "errors"] {
            let rate = rates.first { $0["name"]?.stringValue == name }
            #expect(rate?["test"]?["adjusted_p"]?.isNull == true, "\(name)")
        }
        let marks = rates.first { $0["name"]?.stringValue == "exclamations" }
        let raw: Double = marks?["test"]?["p"]?.doubleValue ?? 1
        let adjusted: Double = marks?["test"]?["adjusted_p"]?.doubleValue ?? 1
        // Three families, and within this one the length (mean, curve), the words and the exclamations alone.
        #expect(adjusted <= 3 * 6 * raw + 1e-12, "\(raw) \(adjusted)")
        #expect(adjusted <= 0.05)
    }

    @Test func pairsStandBehindTheTablesAndMostAreFolded() async throws {
        let exchanges = (0..<60).map { (number: Int) -> Exchange in
            let after: JSONValue = .string("other \(number)")
            return exchange(number, key: number, answer(["answer": "x"]), answer(["answer": after]))
        }
        let found = try await report(exchanges, ["--html", "page.html"])
        let page = try found.place.read("page.html")
        let pairs = try #require(page.range(of: "id=\"pairs\""))
        for part in ["fields", "rates", "numbers"] {
            let other = try #require(page.range(of: "id=\"\(part)\""))
            #expect(other.lowerBound < pairs.lowerBound, "\(part)")
        }
        let folded = try #require(page.range(of: "<details class=\"more\">"))
        let open = page[pairs.lowerBound..<folded.lowerBound].components(separatedBy: "class=\"ex\"").count
        #expect(open == 11)
        #expect(page.contains("Intervals are not corrected"))
    }

    @Test func aSpoolIsReadAsLines() async throws {
        let place = try Workplace()
        let exchanges = (0..<20).map {
            exchange($0, key: $0, gateway: "g", answer(["answer": "x"]), answer(["answer": "y"]))
        }
        try place.write("captured.jsonl", exchanges.flatMap { ExchangeCodec.encode($0) })
        let out = try await place.sluice("shadow", "export", "captured.jsonl")
        #expect(out.status == 0, "\(out)")
        let lines = out.out.split(separator: "\n")
        #expect(lines.count == 20)
        let fourth = try ExchangeCodec.decode(Array(lines[3].utf8))
        #expect(fourth == exchanges[3])
        let file = try await place.sluice("shadow", "export", "captured.jsonl", "-o", "lines.jsonl")
        #expect(file.status == 0 && file.out.isEmpty, "\(file)")
        #expect(try place.read("lines.jsonl") == out.out)
    }

    @Test func aRecordingIsListedWithoutAnAddress() async throws {
        let place = try Workplace()
        try place.write("log.jsonl", #"{"path": "/v1/answer", "body": {"query": "q"}}"# + "\n")
        let listed = try await place.sluice("shadow", "replay", "log.jsonl")
        #expect(listed.status == 64, "\(listed)")
        #expect(listed.err.contains("\n  1 request  --only 'POST /v1/answer'\n"), "\(listed)")
        #expect(!listed.err.contains("u{A}"), "\(listed)")
        let bound = try await place.sluice("shadow", "replay", "log.jsonl", "--only", "POST /v1/*")
        #expect(bound.err.contains("nothing says where production is"), "\(bound)")
    }

    @Test func aShadowsPolicyNeedsNoDataSet() async throws {
        let exchanges = (0..<30).map {
            exchange($0, key: $0, answer(["answer": "x"]), answer(["answer": "x"]))
        }
        let found = try await report(exchanges, gates: ["error_rate <= 1%"])
        let policy = try found.place.read("sluice.yaml").split(separator: "\n")
        try found.place.write(
            "sluice.yaml", policy.filter { !$0.hasPrefix("dataset:") }.joined(separator: "\n") + "\n")
        let judged = try await found.place.sluice("shadow", "report", "captured.jsonl")
        #expect(judged.status == 0 && judged.out.hasPrefix("SHIP"), "\(judged)")
        let evaluated = try await found.place.sluice("eval")
        #expect(evaluated.status != 0 && evaluated.err.contains("names no data set"), "\(evaluated)")
    }
}
