import Domain
import Metrics

/// Asking in rounds: what each of several wants is gathered, each distinct request is made once, all are told what came
/// of it, until nobody wants more.
enum AskingRounds {
    /// Rounds after which whoever still wants something has had enough.
    static let most = 16

    /// - Parameters:
    ///   - wants: What the one at a place still wants: nothing that it was told already.
    ///   - tell: What came of a request; nil: nothing.
    /// - Returns: The places that want more after the last round, in their order.
    static func run<Request: Hashable, Answer>(
        _ places: Range<Int>, wants: (Int) -> [Request], ask: ([Request]) async -> [Answer],
        tell: (Int, Request, Answer?) -> Void
    ) async -> [Int] {
        for round in 0...most {
            var wanted: [Request] = []
            var wanting: [Request: [Int]] = [:]
            var open: [Int] = []
            for place in places {
                let requests = wants(place)
                if !requests.isEmpty { open.append(place) }
                for request in requests {
                    if wanting[request] == nil { wanted.append(request) }
                    if wanting[request]?.last != place { wanting[request, default: []].append(place) }
                }
            }
            if wanted.isEmpty || round == most { return open }
            let answers = await ask(wanted)
            for (number, request) in wanted.enumerated() {
                let answer = number < answers.count ? answers[number] : nil
                for place in wanting[request] ?? [] { tell(place, request, answer) }
            }
        }
        return []
    }
}

/// What metrics want of models, asked for several observations together.
public enum ModelRequests {
    /// Asks until nobody wants more, and puts the answers into the inputs.
    ///
    /// - Parameter isOpen: Whether a metric, by its number, is to be measured at a place at all.
    /// - Returns: Why a metric cannot be measured at a place: it wants more without end.
    public static func answer(
        _ inputs: inout [MeasureInput], _ definitions: [MetricDefinition], _ provider: any ModelProvider,
        isOpen: (_ place: Int, _ number: Int) -> Bool = { _, _ in true }
    ) async -> [(place: Int, number: Int, why: String)] {
        func wants(_ input: inout MeasureInput, _ number: Int) -> [ModelRequest] {
            let requests = definitions[number].models?.requests(&input) ?? []
            return requests.filter { input.models[$0] == nil }
        }
        let places = await AskingRounds.run(
            inputs.indices,
            wants: { place in
                guard inputs[place].answer != nil else { return [] }
                return definitions.indices.filter { isOpen(place, $0) }.flatMap { wants(&inputs[place], $0) }
            }, ask: { await provider.answers(to: $0) },
            tell: { place, request, answer in
                inputs[place].models[request] = answer ?? .failed("the model gave no answer to it")
            })
        var endless: [(place: Int, number: Int, why: String)] = []
        for place in places {
            for number in definitions.indices where isOpen(place, number) {
                guard !wants(&inputs[place], number).isEmpty else { continue }
                endless.append(
                    (
                        place, number,
                        "\(definitions[number].name) still wanted more of its model after \(AskingRounds.most) rounds"
                    ))
            }
        }
        return endless
    }
}
