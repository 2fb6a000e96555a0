import Domain
import Notation
import Text

/// Reads `journey`: steps with every placeholder checked against what stands before it.
struct JourneyReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> [JourneyPolicy] {
        (node?.members ?? []).map { member in
            var known = Known()
            var steps: [JourneyStep] = []
            for element in member.value.elements ?? [] {
                if let step = step(element, &known) { steps.append(step) }
            }
            return JourneyPolicy(
                name: member.key.text ?? "", steps: steps, place: log.lines.place(member.key.start))
        }
    }

    /// What a placeholder may name at some point of a journey.
    private struct Known {
        var captures: [String] = []
        var steps: [String] = []
        /// Captures that only the step at hand gives: lost where its answer never comes.
        var fresh: [String] = []
        var secrets: [String] = []
        /// The step at hand, whose own answer only its later parts may name.
        var current: String?
    }

    private func step(_ node: YAMLNode, _ known: inout Known) -> JourneyStep? {
        guard node.members != nil else { return nil }
        let name = node["name"]?.text ?? ""
        if known.steps.contains(name) {
            log.report(
                .duplicateKey, "two steps are called \(Printable.quoted(name))",
                at: .init(node["name"] ?? node),
                mend: "give each step of a journey a name of its own")
        } else if name.contains(".") || name.contains("}") {
            log.report(
                .badValue, "a step's name holds no '.' and no '}'", at: .init(node["name"] ?? node))
        }
        if ["act", "wait", "assert"].allSatisfy({ node[$0] == nil }) {
            log.report(
                .missingKey, "the step \(Printable.quoted(name)) does nothing",
                at: .init(node.start, width: 1),
                mend: "add 'act', 'wait' or 'assert'")
        }
        var step = JourneyStep(name: name, place: log.lines.place(node.start))
        known.fresh = []
        if let act = node["act"] {
            step.act = look(act, "POST", "expect", &known)
            known.current = name
        }
        if let wait = node["wait"], let look = look(wait, "GET", "until", &known) {
            step.wait = JourneyStep.Wait(
                look: look, timeoutSeconds: AppReader.measure(wait["timeout"], .duration) ?? 30,
                everySeconds: max(0.01, AppReader.measure(wait["every"], .duration) ?? 0.5))
            known.current = name
        }
        let checks = node["assert"]
        for check in checks?.elements ?? checks.map({ [$0] }) ?? [] {
            if let look = look(check, "GET", "expect", &known) { step.checks.append(look) }
            known.current = name
        }
        if let cleanUp = node["clean_up"] { step.cleanUp = self.cleanUp(cleanUp, &known) }
        known.current = nil
        known.steps.append(name)
        return step
    }

    private func cleanUp(_ node: YAMLNode, _ known: inout Known) -> CleanUpRequest? {
        var inner = known
        var find: CleanUpRequest.Find?
        var found: [String] = []
        if let node = node["find"], let request = request(node, "GET", known) {
            let captures = captures(node["capture"])
            find = CleanUpRequest.Find(request: request, captures: captures)
            found = captures.map(\.name)
            inner.captures += found
        }
        guard let request = request(node, "DELETE", inner) else { return nil }
        warn(request, node, known, found: found)
        return CleanUpRequest(request: request, find: find)
    }

    /// What a clean-up cannot do without the answer to its own step.
    private func warn(_ request: StepRequest, _ node: YAMLNode, _ known: Known, found: [String]) {
        let names = request.texts.flatMap(\.captures)
        let fresh = names.first { known.fresh.contains($0) && !found.contains($0) }
        let secret = names.first { known.secrets.contains($0) && !found.contains($0) }
        let own = request.texts.flatMap(\.steps).first { $0 == known.current }
        let span = ProblemLog.Span(node["url"] ?? node)
        if let name = fresh ?? own {
            log.report(
                .doubtful,
                "the clean-up needs '\(Printable.text(name, limit: 40))', which is lost where the answer to its own "
                    + "step never comes",
                at: span, severity: .warning,
                mend: "name the thing by '${unique}', or say under 'find' how to look for it")
        } else if let name = secret {
            log.report(
                .doubtful,
                "the clean-up needs the secret '\(Printable.text(name, limit: 40))', which no file keeps: after "
                    + "'kill -9' it is lost",
                at: span, severity: .warning, mend: "capture it anew under 'find', or use '${env:NAME}'")
        }
    }

    // MARK: requests

    private func look(
        _ node: YAMLNode, _ method: String, _ conditions: String, _ known: inout Known
    ) -> JourneyStep.Look? {
        guard let request = request(node, method, known) else { return nil }
        var look = JourneyStep.Look(request: request)
        look.captures = captures(node["capture"])
        let list = node[conditions]
        for element in list?.elements ?? list.map({ [$0] }) ?? [] {
            if let condition = condition(element, known) { look.conditions.append(condition) }
        }
        for capture in look.captures {
            if known.captures.contains(capture.name) {
                log.report(
                    .duplicateKey, "'\(capture.name)' is captured twice", at: .init(node["capture"] ?? node),
                    mend: "give each captured value a name of its own")
            }
            known.captures.append(capture.name)
            known.fresh.append(capture.name)
            if capture.isSecret { known.secrets.append(capture.name) }
        }
        return look
    }

    private func request(_ node: YAMLNode, _ usual: String, _ known: Known) -> StepRequest? {
        guard let address = node["url"], let written = address.text, let url = text(address, known) else {
            return nil
        }
        let begins = ["http://", "https://", "${env:"].contains { written.hasPrefix($0) }
        if !begins {
            log.report(
                .badValue, "an address begins with http://, https:// or a '${env:NAME}'", at: .init(address),
                mend: "write it whole; captured values have their place behind the host")
        }
        if begins, !url.hasFixedHost {
            log.report(
                .badValue, "what an answer gives may not choose the host", at: .init(address),
                mend: "write the host itself, or take it from the environment")
        }
        var request = StepRequest(method: node["method"]?.text ?? usual, url: url)
        for member in node["headers"]?.members ?? [] {
            guard let name = member.key.text, let value = text(member.value, known) else { continue }
            request.headers.append(.init(name: name, value: value))
        }
        let bodies = ["json", "form", "body"].filter { node[$0] != nil }
        if bodies.count > 1, let second = node[bodies[1]] {
            log.report(
                .contradiction, "a request has one body: '\(bodies[0])' or '\(bodies[1])'", at: .init(second))
        }
        if let first = bodies.first, request.method == "GET" || request.method == "HEAD",
            let body = node[first]
        {
            log.report(
                .badValue, "a \(request.method) request has no body", at: .init(body),
                mend: "say 'method: POST', or put it into the address")
        }
        if let json = node["json"], let value = value(json, known) { request.body = .json(value) }
        if let form = node["form"]?.members {
            request.body = .form(
                form.compactMap { member in
                    guard let name = member.key.text, let value = text(member.value, known) else {
                        return nil
                    }
                    return .init(name: name, value: value)
                })
        }
        if let body = node["body"], let text = text(body, known) { request.body = .text(text) }
        request.timeoutSeconds = AppReader.measure(node["timeout"], .duration)
        return request
    }

    private func captures(_ node: YAMLNode?) -> [StepCapture] {
        (node?.members ?? []).compactMap { member in
            guard let name = member.key.text, let text = member.value.text else { return nil }
            do throws(StepText.Problem) {
                let capture = try StepCapture(name: name, text)
                if let pattern = capture.pattern { check(pattern, member.value) }
                return capture
            } catch {
                report(error, member.value)
                return nil
            }
        }
    }

    private func condition(_ node: YAMLNode, _ known: Known) -> StepCondition? {
        guard let text = node.text else { return nil }
        do throws(StepText.Problem) {
            let condition = try StepCondition(text)
            for text in condition.texts { check(text, node, known, allowsEnvironment: false) }
            if case .matches(let pattern) = condition.test { check(pattern, node) }
            return condition
        } catch {
            report(error, node)
            return nil
        }
    }

    private func check(_ pattern: String, _ node: YAMLNode) {
        ContractReader(log: log, observe: ObserveMap()).check(pattern: pattern, at: node)
    }

    // MARK: texts

    private func text(_ node: YAMLNode, _ known: Known) -> StepText? {
        guard let written = node.text else { return nil }
        do throws(StepText.Problem) {
            let text = try StepText(written)
            check(text, node, known, allowsEnvironment: true)
            return text
        } catch {
            report(error, node)
            return nil
        }
    }

    /// JSON, each of its texts checked at its own place.
    private func value(_ node: YAMLNode, _ known: Known) -> StepValue? {
        guard checkTexts(node, known) else { return nil }
        return try? StepValue(node.json)
    }

    private func checkTexts(_ node: YAMLNode, _ known: Known) -> Bool {
        var isWhole = true
        for member in node.members ?? [] where !checkTexts(member.value, known) { isWhole = false }
        for element in node.elements ?? [] where !checkTexts(element, known) { isWhole = false }
        if node.text != nil, text(node, known) == nil { isWhole = false }
        return isWhole
    }

    private func check(_ text: StepText, _ node: YAMLNode, _ known: Known, allowsEnvironment: Bool) {
        if !allowsEnvironment, let name = text.variables.first {
            log.report(
                .badValue, "a condition holds no secret, and '${env:\(name)}' may be one", at: .init(node),
                mend: "compare with a value that may be shown")
        }
        for name in text.captures where !known.captures.contains(name) {
            let near = nearest(name, in: known.captures).map { "did you mean '${\($0)}'?" }
            log.report(
                .badValue, "nothing is captured as '\(Printable.text(name, limit: 40))' before this",
                at: .init(node), mend: near ?? "add it to the 'capture' of an earlier request")
        }
        for name in text.steps where !known.steps.contains(name) && known.current != name {
            let near = nearest(name, in: known.steps).map { "did you mean '\($0)'?" }
            log.report(
                .badValue, "no step before this is called \(Printable.quoted(name))", at: .init(node),
                mend: near)
        }
    }

    private func report(_ problem: StepText.Problem, _ node: YAMLNode) {
        log.report(.badValue, Printable.text(problem.cause), at: .init(node), mend: problem.mend)
    }
}
