import Domain
import Notation
import Shadowing
import Statistics

/// Synthetic requests of users whose answers hang together, with all the ways in which an app varies by itself.
struct Traffic {
    /// What the candidate does besides, given the request's number.
    struct Change: Sendable {
        var errors = 0.0
        var blocks = 0.0
        var otherIntent = 0.0
        var slower = 1.0
        var dropsField = 0.0
        var textNumber = false
        var emoji = 0.0
        var reorders = 0.0
        var losesDocuments = false
        /// The change happens to this locale alone.
        var locale: String?
    }

    var keys = 60
    var perKey = 2
    var seed: UInt64
    var hasControl = true
    var change = Change()

    enum Role: UInt64 { case production = 1, candidate, control }

    func pairs() -> [ShadowPair] {
        var pairs: [ShadowPair] = []
        for key in 0..<keys {
            for number in 0..<perKey {
                let id = "r-\(key)-\(number)"
                let locale = key % 3 == 0 ? "de" : "en"
                pairs.append(
                    ShadowPair(
                        id: id, key: "user-\(key)", query: "question \(number)", route: "POST /answer",
                        slices: [ShadowPair.Label("locale", locale)],
                        production: side(key, number, .production, locale),
                        candidate: side(key, number, .candidate, locale),
                        control: hasControl ? side(key, number, .control, locale) : nil))
            }
        }
        return pairs
    }

    private func side(_ key: Int, _ number: Int, _ role: Role, _ locale: String) -> ShadowPair.Side {
        var stream = RandomStream(seed: seed, stream: UInt64(key * 1000 + number) * 4 + role.rawValue)
        func draw(_ chance: Double) -> Bool { Double(stream.index(below: 1_000_000)) < chance * 1_000_000 }
        var planted = change
        if role != .candidate || (change.locale ?? locale) != locale { planted = Change() }
        // Some users meet more trouble than others.
        let unlucky = key % 10 == 0
        if draw(unlucky ? 0.3 : 0.01) || draw(planted.errors) {
            return ShadowPair.Side(
                outcome: .failed(Failure(cause: .status, detail: "the app answered 500", status: 500)),
                status: 500, failure: LiveFailure(.serverStatus))
        }
        var words = ["the", "order", "ships", "on", "monday", "from", "our", "store", "near", "you"]
        for index in words.indices where draw(0.2) {
            words[index] = ["soon", "now", "later"][stream.index(below: 3)]
        }
        var text = words.joined(separator: " ")
        if draw(0.05) || draw(planted.emoji) { text += " 🎉" }
        var documents = (0..<5).map { "d\((key + $0) % 40)" }
        if draw(0.3) { documents.swapAt(3, 4) }
        if draw(planted.reorders) { documents.reverse() }
        if planted.losesDocuments { documents = documents.prefix(2) + ["x1", "x2", "x3"] }
        let intent = draw(0.04) || draw(planted.otherIntent) ? "returns" : ["orders", "billing"][key % 2]
        let confidence = Double(500 + stream.index(below: 400)) / 1000
        let latency = (100 + Double(key % 7) * 20 + Double(stream.index(below: 60))) * planted.slower
        let blocks = draw(0.05) || draw(planted.blocks)
        var body = JSONObject()
        body["answer"] = .string(text)
        body["intent"] = .string(intent)
        body["confidence"] = planted.textNumber ? .string("\(confidence)") : .number(confidence)
        body["items"] = .array(
            documents.map { id in
                var item = JSONObject()
                item["id"] = .string(id)
                item["price"] = .integer(Int64(id.utf8.count))
                return .object(item)
            })
        if !draw(0.1), !draw(planted.dropsField) { body["trace"] = .string("t") }
        var answer = Answer(latencyMilliseconds: latency)
        answer.text = text
        answer.intent = intent
        answer.confidence = confidence
        answer.documents = documents.map { RetrievedDocument(id: $0) }
        answer.guardrail = GuardrailDecision(outcome: blocks ? .block : .allow)
        answer.usage = Usage(outputTokens: text.utf8.count, cost: 0.001)
        answer.status = 200
        answer.body = .object(body)
        return ShadowPair.Side(outcome: .answered(answer), status: 200, body: .object(body))
    }

    func result(_ options: ShadowOptions = ShadowOptions()) -> ShadowResult {
        var options = options
        options.seed = seed
        var comparison = ShadowComparison(options)
        for pair in pairs() { comparison.add(pair) }
        return comparison.result()
    }
}
