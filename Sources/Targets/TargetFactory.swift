import Domain
import HTTPClient

public enum TargetFactory {
    public static func make(
        _ policy: TargetPolicy, limits: ReplayLimits, folder: String, environment: @escaping EnvironmentLookup
    ) throws(TargetProblem) -> any Target {
        guard case .http(let url, let method, let template) = policy.kind else {
            throw TargetProblem(key: "app", cause: "not available yet", mend: "use an HTTP target")
        }
        return try HTTPTarget(
            policy, url: url, method: method, template: template, limits: limits, client: HTTPClient(),
            environment: environment)
    }
}
