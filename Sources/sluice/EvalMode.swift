/// What an `eval` session does with a run.
enum EvalMode {
    case fresh
    case resume(String)
    case rescore(String)
    /// Scored again from its record by its own policy, and compared.
    case reproduce(String)
    /// Likewise, and rendered.
    case report(String)
    /// Measured again from its record by today's policy, for what a blessing fixes.
    case bless(String)
    /// Likewise, for tests of the gates themselves.
    case examine(String)
    /// One app in both arms.
    case twice

    init(_ arguments: Arguments) throws(Arguments.Problem) {
        let modes: [EvalMode] =
            arguments.all("resume").map(EvalMode.resume) + arguments.all("rescore").map(EvalMode.rescore)
            + arguments.all("reproduce").map(EvalMode.reproduce)
        guard modes.count < 2 else {
            throw Arguments.Problem(
                message: "--resume, --rescore and --reproduce exclude one another", hint: nil)
        }
        self = modes.first ?? .fresh
    }

    /// The run that exists already.
    var run: String? {
        switch self {
        case .fresh, .twice: nil
        case .resume(let run), .rescore(let run), .reproduce(let run), .report(let run), .bless(let run),
            .examine(let run):
            run
        }
    }

    /// Whether the app is asked at all.
    var asks: Bool {
        switch self {
        case .fresh, .resume, .twice: true
        case .rescore, .reproduce, .report, .bless, .examine: false
        }
    }

    var usesRecordedPolicy: Bool {
        switch self {
        case .fresh, .resume, .rescore, .bless, .examine, .twice: false
        case .reproduce, .report: true
        }
    }
}
