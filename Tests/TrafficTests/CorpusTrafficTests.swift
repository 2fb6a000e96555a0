import Domain
import Foundation
import HTTPServer
import Interchange
import Notation
import Synchronization
import Testing
import Traffic

/// Recorded answers of model APIs, passed through the recorder as a gateway passes them: what each says it used must
/// be what is recorded, streamed or not, in pieces of any size.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"] != nil))
struct CorpusTrafficTests {
    private struct Row {
        let id: String
        let status: Int
        let isStream: Bool
        let body: [UInt8]
    }

    private func rows() throws -> [Row] {
        let folder = try #require(ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"])
        let data = try Data(
            contentsOf: URL(fileURLWithPath: folder + "/llm-http-recordings/interactions.jsonl"))
        var rows: [Row] = []
        for (index, line) in data.split(separator: 0x0A).enumerated() {
            let value = try JSONValue.parse(Array(line))
            guard let status = value["status"]?.intValue, let body = value["body"]?.stringValue, !body.isEmpty
            else {
                continue
            }
            rows.append(
                Row(
                    id: "row-\(index)", status: status, isStream: value["stream"]?.boolValue ?? false,
                    body: Array(body.utf8)))
        }
        return rows
    }

    /// Tokens as the recording says them, by Foundation's reader and the last usage in the text.
    private func tokens(_ row: Row) -> [Int] {
        var found: [Int] = []
        func walk(_ value: Any) {
            if let object = value as? [String: Any] {
                for name in [
                    "completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count",
                    "total_output_tokens", "thoughtsTokenCount",
                ] {
                    if let number = object[name] as? Int { found.append(number) }
                }
                for (_, inner) in object { walk(inner) }
            } else if let list = value as? [Any] {
                for inner in list { walk(inner) }
            }
        }
        let text = String(decoding: row.body, as: UTF8.self)
        let pieces = row.isStream ? text.split(whereSeparator: \.isNewline).map(String.init) : [text]
        for piece in pieces {
            let json = piece.hasPrefix("data:") ? String(piece.dropFirst(5)) : piece
            if let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)) { walk(value) }
        }
        return found
    }

    @Test func whatEachAnswerUsedIsRecorded() throws {
        let rows = try rows()
        let recording = try Recording(rules: { $0.bodyBytes = 200_000 })
        for row in rows {
            let exchange = recording.begin(headers: ["X-Request-ID": row.id])
            let answer = exchange.answer(of: .production)
            let isEvents =
                row.isStream && row.body.starts(with: Array("data:".utf8))
                || row.body.starts(with: Array("event:".utf8))
            let type = isEvents ? "text/event-stream" : "application/json"
            answer.head(status: row.status, fields: ["Content-Type": type])
            for start in stride(from: 0, to: row.body.count, by: 97) {
                answer.take(Array(row.body[start..<min(row.body.count, start + 97)]))
            }
            answer.end()
            exchange.finish(served: .production)
        }
        let read = try recording.close()
        #expect(read.count == rows.count && rows.count > 250)
        var withUsage = 0
        var without: [String] = []
        var streams = 0
        for (row, exchange) in zip(rows, read) {
            #expect(exchange.id == row.id)
            let answer = try #require(exchange.production)
            if answer.isStream {
                streams += 1
                #expect(
                    answer.timings.firstTokenMilliseconds != nil || row.status != 200
                        || answer.failure != nil, "\(row.id)")
            }
            let said = tokens(row)
            guard row.status == 200 else { continue }
            guard let output = answer.usage?.outputTokens else {
                if !said.isEmpty { without.append(row.id) }
                continue
            }
            withUsage += 1
            // What is thought beside the answer is added to it where an API counts it so.
            #expect(said.contains { $0 <= output }, "\(row.id): \(output), said \(said)")
        }
        print("recorded answers: \(rows.count), streams \(streams), with usage \(withUsage)")
        #expect(streams > 50 && withUsage > 250 && without.isEmpty, "\(without)")
    }
}
