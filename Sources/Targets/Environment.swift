import Domain

/// Looks up an environment variable; nil where it is not set. Called when a request is sent, never before.
public typealias EnvironmentLookup = @Sendable (String) -> String?

extension Secretive {
    /// The names of the variables that are not set, in order.
    func missing(_ environment: EnvironmentLookup) -> [String] {
        variables.filter { environment($0) == nil }
    }
}
