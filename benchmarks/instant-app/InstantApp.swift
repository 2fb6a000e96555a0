import Glibc
import HTTPServer

/// An app that answers at once from memory: what remains of a run's cost is the gate's own.
///
/// The answer depends on the request's body alone, and differs for one request in ten between `/baseline` and
/// `/candidate`: a comparison of two arms that never differ would spare the gate its statistics.
@main
struct InstantApp {
    private static let answers = (0..<40).map { Array(answer($0).utf8) }

    static func main() async throws {
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { request, response in
            try await response.send(headers: ["Content-Type": "application/json"], body: reply(to: request))
        }
        let port = try server.start()
        print("listening on http://127.0.0.1:\(port)")
        fflush(nil)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private static func reply(to request: HTTPRequest) -> [UInt8] {
        // FNV-1a: cheap, and the same in every process.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in request.body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        let number = Int(hash % UInt64(answers.count))
        let differs = request.path == "/candidate" && (hash >> 8) % 10 == 0
        return answers[differs ? (number + 1) % answers.count : number]
    }

    private static let sentences = [
        "The Panthers defense gave up just 308 points, ranking sixth in the league, and led it in interceptions.",
        "The line also featured a veteran defensive end who was the active career sack leader with 136.",
        "Another end had five sacks in just nine starts, and two of the three linebackers were selected as well.",
        "A shutdown corner during the season had four interceptions, two of which were returned for touchdowns.",
        "The secondary featured a safety who led the team with seven interceptions and made eighty-eight tackles.",
    ]
    private static let intents = [
        "knowledge", "banking", "travel", "kitchen", "work", "home", "small_talk", "oos",
    ]

    private static func answer(_ number: Int) -> String {
        let text = (0..<3).map { sentences[(number + $0) % sentences.count] }.joined(separator: " ")
        let documents = (0..<5).map { rank in
            let document = (number * 3 + rank) % 11 + 1
            return #"{"id":"doc-\#(document)","score":\#(12 - rank).5,"text":"\#(sentences[document % 5])"}"#
        }
        let isBlocked = number % 13 == 5
        let score = 40 + number * 37 % 60
        let label = score >= 90 ? "HIGH" : score >= 70 ? "MEDIUM" : score >= 50 ? "LOW" : "TRUE NEGATIVE"
        return """
            {"answer":"\(text)","routing":{"intent":"\(intents[number % 8])","confidence":0.\(50 + number)},\
            "retrieval":[\(documents.joined(separator: ","))],\
            "guardrail":{"outcome":"\(isBlocked ? "block" : "allow")","reason":\(isBlocked ? #""rule 3""# : "null")},\
            "usage":{"input_tokens":\(380 + number * 7),"cached_tokens":128,"output_tokens":\(60 + number),\
            "cost":0.000\(200 + number)},\
            "timings":{"routing":0.\(30 + number),"retrieval":1.\(10 + number),"generation":2.\(10 + number),\
            "format":0.1,"guardrail":0.2},"score":0.\(score),"label":"\(label)","toxicity":0.0\(10 + number),\
            "tool_calls":[],"versions":{"prompt":"v1","model":"instant-1","index":"i-1"},"session_id":"s-1"}
            """
    }
}
