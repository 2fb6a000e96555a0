import Glibc
import HTTPServer
import Notation

/// The command: reads the options, builds the app, and serves or measures it.
@main
enum Helpdesk {
    static func main() async {
        do throws(Options.Problem) {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            do throws(FileProblem) {
                try await run(options)
            } catch {
                report("helpdesk: \(error)")
                report("  the data folder is looked for at '\(options.data)'; name another with --data DIR")
                exit(66)
            }
        } catch {
            report("helpdesk: \(error.message)")
            exit(64)
        }
    }

    private static func run(_ options: Options) async throws(FileProblem) {
        switch options.mode {
        case .help: print(Options.help)
        case .fit: try fit(options)
        case .table: try table(options)
        case .ask(let file): try ask(file, options)
        case .serve: try await serve(options)
        }
    }

    private static func pipeline(_ options: Options) throws(FileProblem) -> Pipeline {
        let variant = Variant.named(options.version) ?? Variant.all[0]
        return try Pipeline(
            library: try Library(folder: options.data), variant: variant, seed: options.seed,
            jitterMilliseconds: options.jitterMilliseconds)
    }

    private static func fit(_ options: Options) throws(FileProblem) {
        let library = try Library(folder: options.data)
        for model in [GenerationSettings.Model.spans1, .spans2] {
            try SpanFitting(library: library, model: model, spanModel: SpanModel(library.passages)).run()
        }
    }

    private static func table(_ options: Options) throws(FileProblem) {
        let examples = try GoldenExample.read(options.data + "/../golden")
        let table = OfflineTable(library: try Library(folder: options.data), examples: examples)
        print(OfflineTable.head)
        for variant in Variant.all { print(try table.row(variant, seed: options.seed)) }
        let flips = try table.flips(Variant.all[0], options.seed, options.seed + 1)
        let share = fixed(100 * flips, 1)
        print("\n\(examples.count) examples; between two seeds \(share) % of v1's answers differ")
    }

    private static func ask(_ file: String, _ options: Options) throws(FileProblem) {
        let pipeline = try pipeline(options)
        let format = AnswerFormat(
            settings: pipeline.variant.format, versions: Configuration.versions(pipeline),
            isMinimal: options.isMinimal)
        for row in try Library.lines(file) {
            guard let query = row["query"]?.stringValue else { continue }
            let history = turns(row["conversation_history"] ?? row["history"])
            let (reply, _) = pipeline.answer(query, history: history, session: row["session"]?.stringValue)
            print(format.object(reply).text())
        }
    }

    private static func serve(_ options: Options) async throws(FileProblem) {
        let service = Service(try pipeline(options), isMinimal: options.isMinimal)
        do throws(HTTPServerError) {
            let server = try HTTPServer(port: options.port) { request, response in
                try await service.handle(request, response)
            }
            let port = try server.start()
            let line = "listening on http://127.0.0.1:\(port)\n"
            _ = line.withCString { write(1, $0, strlen($0)) }
            while true { try? await Task.sleep(for: .seconds(3600)) }
        } catch {
            report("helpdesk: cannot listen: \(error)")
            exit(69)
        }
    }
}
