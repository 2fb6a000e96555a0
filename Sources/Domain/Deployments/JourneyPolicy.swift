import Notation

/// A way through the whole system, as steps: act, wait, assert, clean up.
public struct JourneyPolicy: Sendable {
    public let name: String
    public let steps: [JourneyStep]
    public let place: SourcePlace

    public init(name: String, steps: [JourneyStep], place: SourcePlace) {
        self.name = name
        self.steps = steps
        self.place = place
    }
}

/// One step: what it does, waits for and asserts, in this order, and what undoes it.
public struct JourneyStep: Sendable {
    public let name: String
    public var act: Look?
    public var wait: Wait?
    /// Looks at one system after another.
    public var checks: [Look]
    public var cleanUp: CleanUpRequest?
    public var place: SourcePlace

    public init(name: String, place: SourcePlace) {
        self.name = name
        self.place = place
        checks = []
    }

    /// A request, what must hold of its answer, and what is kept of it.
    public struct Look: Sendable {
        public var request: StepRequest
        /// Empty: any 2xx.
        public var conditions: [StepCondition]
        public var captures: [StepCapture]

        public init(request: StepRequest, conditions: [StepCondition] = [], captures: [StepCapture] = []) {
            self.request = request
            self.conditions = conditions
            self.captures = captures
        }
    }

    /// A request that is repeated until the conditions hold or time is over.
    public struct Wait: Sendable {
        public var look: Look
        public var timeoutSeconds: Double
        public var everySeconds: Double

        public init(look: Look, timeoutSeconds: Double, everySeconds: Double) {
            self.look = look
            self.timeoutSeconds = timeoutSeconds
            self.everySeconds = everySeconds
        }
    }
}

/// What undoes a step: a request, and how to find what it needs where the step's own answer never came.
public struct CleanUpRequest: Sendable {
    public var request: StepRequest
    public var find: Find?

    public init(request: StepRequest, find: Find? = nil) {
        self.request = request
        self.find = find
    }

    /// A look that captures what the request needs; where nothing is found, nothing is left to undo.
    public struct Find: Sendable {
        public var request: StepRequest
        public var captures: [StepCapture]

        public init(request: StepRequest, captures: [StepCapture]) {
            self.request = request
            self.captures = captures
        }
    }
}

extension JourneyPolicy {
    private var looks: [JourneyStep.Look] {
        steps.flatMap { step in [step.act, step.wait?.look].compactMap { $0 } + step.checks }
    }

    /// Every request that it may make, in order.
    public var requests: [StepRequest] {
        steps.flatMap { step in
            var requests = ([step.act, step.wait?.look].compactMap { $0 } + step.checks).map(\.request)
            if let cleanUp = step.cleanUp {
                if let find = cleanUp.find { requests.append(find.request) }
                requests.append(cleanUp.request)
            }
            return requests
        }
    }

    /// The environment variables that it needs, in the order they occur.
    public var variables: [String] { requests.flatMap(\.texts).flatMap(\.variables) }

    /// The schemas that its conditions name.
    public var schemaFiles: [String] { looks.flatMap(\.conditions).compactMap(\.schemaFile) }
}
