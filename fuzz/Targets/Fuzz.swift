import CFuzzer
import Glibc

/// `fuzz TARGET …`: libFuzzer over one of Sluice's readers of outside bytes; what follows the name is libFuzzer's.
///
/// A reader may refuse anything, but not crash, run for ever, or read its own words back as something else.
@main
struct Fuzz {
    typealias One = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

    static let targets: [(name: String, one: One)] = [
        ("request", { run(RequestHeads.self, $0, $1) }),
        ("response", { run(ResponseHeads.self, $0, $1) }),
        ("json", { run(JSONTexts.self, $0, $1) }),
        ("csv", { run(CSVTexts.self, $0, $1) }),
        ("events", { run(EventStreams.self, $0, $1) }),
        ("policy", { run(Policies.self, $0, $1) }),
        ("dataset", { run(DataSets.self, $0, $1) }),
        ("pattern", { run(Patterns.self, $0, $1) }),
        ("weights", { run(WeightFiles.self, $0, $1) }),
        ("plan", { run(RoutingPlans.self, $0, $1) }),
        ("spool", { run(SpoolSegments.self, $0, $1) }),
    ]

    static func main() {
        // libFuzzer starts the program again for a merge, with its own words alone.
        let variable = "SLUICE_FUZZ_TARGET"
        var words = CommandLine.arguments
        if words.count > 1, targets.contains(where: { $0.name == words[1] }) {
            setenv(variable, words.remove(at: 1), 1)
        }
        let name = getenv(variable).map { String(cString: $0) }
        guard let target = targets.first(where: { $0.name == name }) else {
            print("usage: fuzz \(targets.map(\.name).joined(separator: "|")) [libFuzzer's arguments]")
            return
        }
        // They are kept for as long as the process lives.
        let arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        for (index, word) in words.enumerated() { arguments[index] = strdup(word) }
        arguments[words.count] = nil
        exit(cfuzzer_run(Int32(words.count), arguments, target.one))
    }

    private static func run<Reader: FuzzedReader>(
        _ reader: Reader.Type, _ bytes: UnsafePointer<UInt8>?, _ count: Int
    ) -> Int32 {
        reader.read(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
        return 0
    }
}

protocol FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>)
}
