import Domain
import HTTPClient

/// Makes the target that a policy names.
public enum TargetFactory {
    /// Checks everything that can be checked without asking, and makes the target; nothing is sent or started
    /// yet.
    ///
    /// - Parameters:
    ///   - folder: The policy's folder, to which files are relative and in which commands run; "" is the
    ///     current one.
    ///   - environment: Where `${env:NAME}` is looked up. Values are used when a request is sent, and never
    ///     kept in an identity.
    ///   - allowance: What the target may reach; nil: it is not restricted.
    ///   - client: Shared by targets of one run, so that they share its thread and connections.
    /// - Throws: All that is wrong, at once.
    public static func make(
        _ policy: TargetPolicy, limits: ReplayLimits, folder: String = "",
        environment: @escaping EnvironmentLookup, allowance: TargetAllowance? = nil,
        client: HTTPClient = HTTPClient()
    ) throws(TargetProblem) -> any Target {
        try allowance?.check(policy)
        // Behind a target's back no variable is read that its policy was not allowed.
        let environment = allowance?.restricting(environment) ?? environment
        switch policy.kind {
        case .http(let url, let method, let template):
            return try HTTPTarget(
                policy, url: url, method: method, template: template, limits: limits, client: client,
                environment: environment)
        case .openAI(let baseURL, let model, let parameters, let stream, let system):
            return try OpenAITarget(
                policy, baseURL: baseURL, model: model, parameters: parameters, stream: stream,
                system: system,
                limits: limits, client: client, environment: environment)
        case .command(let arguments):
            return try CommandTarget(
                policy, arguments: arguments, limits: limits, folder: folder, environment: environment,
                program: try allowance?.program(arguments))
        case .recorded(let file):
            let path = file.hasPrefix("/") || folder.isEmpty ? file : "\(folder)/\(file)"
            return try RecordedTarget(policy, file: path, limits: limits)
        }
    }
}
