import Domain
import Storage
import Testing

/// What every example source does, whatever it is made of.
struct ExampleSourceContract {
    struct Adapter: Sendable {
        let folder: TemporaryFolder?
        let source: any ExampleSource
    }

    enum Kind: CaseIterable, Sendable {
        case memory, files

        /// A source of these many examples, `E-0` with the query `question 0` and so on.
        func make(_ count: Int) throws -> Adapter {
            switch self {
            case .memory:
                let examples = (0..<count).map { Example(id: "E-\($0)", query: "question \($0)") }
                return Adapter(folder: nil, source: MemoryExamples(examples))
            case .files:
                let folder = try TemporaryFolder()
                let rows = (0..<count).map { #"{"query_id": "E-\#($0)", "query": "question \#($0)"}"# }
                let half = count / 2
                try folder.write("golden/a.jsonl", rows[..<half].joined(separator: "\r\n") + "\n\n")
                try folder.write("golden/b.jsonl", "\u{FEFF}" + rows[half...].joined(separator: "\n"))
                return Adapter(folder: folder, source: try DatasetFiles(paths: [folder.file("golden")]))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func everyExampleIsFoundUnderItsNumberInAnyOrder(kind: Kind) throws {
        let adapter = try kind.make(101)
        #expect(adapter.source.count == 101)
        for number in (0..<101).reversed() + [50, 0, 100] {
            let example = try adapter.source.example(number)
            #expect(example.id == "E-\(number)" && example.query == "question \(number)")
        }
    }

    @Test(arguments: Kind.allCases)
    func manyTasksReadAtOnce(kind: Kind) async throws {
        let adapter = try kind.make(200)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    for step in 0..<200 {
                        let number = (step * 7 + worker * 13) % 200
                        let example = try adapter.source.example(number)
                        #expect(example.query == "question \(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
