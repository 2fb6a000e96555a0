import BERT
import Interchange
import Notation
import Policy
import Text

enum JSONTexts: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let value = try? JSONValue.parse(bytes) else { return }
        let written = value.bytes()
        guard let again = try? JSONValue.parse(written) else {
            preconditionFailure("its own words are refused")
        }
        precondition(again.bytes() == written, "read back as something else")
    }
}

enum CSVTexts: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let rows = try? CSVReader.rows(Array(bytes)) else { return }
        for row in rows { for cell in row { precondition(cell.line >= 1 && cell.column >= 1, "no place") } }
    }
}

enum EventStreams: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        func events(step: Int) -> [ServerSentEvents.Event] {
            var reader = ServerSentEvents()
            var found: [ServerSentEvents.Event] = []
            var offset = 0
            while offset < bytes.count {
                let end = min(bytes.count, offset + step)
                reader.feed(bytes[offset..<end]) { found.append($0) }
                offset = end
            }
            return found
        }
        precondition(events(step: max(1, bytes.count)) == events(step: 1), "pieces change the events")
    }
}

enum Policies: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        let (policy, diagnostics) = PolicyReader.read(Array(bytes), path: "sluice.yaml")
        precondition(policy != nil || !diagnostics.isEmpty, "refused without a word")
    }
}

enum DataSets: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        _ = DatasetReader.read([("rows.jsonl", Array(bytes))])
        _ = DatasetReader.read([("rows.csv", Array(bytes))])
    }
}

enum Patterns: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        let split = bytes.firstIndex(of: 0) ?? bytes.endIndex
        let pattern = String(decoding: bytes[..<split], as: UTF8.self)
        let text = String(decoding: bytes[split...], as: UTF8.self)
        guard let compiled = try? Pattern(pattern) else { return }
        _ = try? compiled.matches(text)
    }
}

enum WeightFiles: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        _ = try? WeightsIndex(UnsafeRawBufferPointer(bytes))
    }
}
