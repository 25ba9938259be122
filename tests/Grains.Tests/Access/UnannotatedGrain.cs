namespace W0rktree.Grains.Tests.Access;

/// <summary>A grain whose author forgot something.</summary>
[Alias("test.ICarelessGrain")]
public interface ICarelessGrain : IGrainWithStringKey
{
    /// <summary>Says nothing about who may call.</summary>
    Task<string> ForgottenAsync(CancellationToken cancellationToken);

    /// <summary>Names a permission, but the grain cannot decide about it.</summary>
    [Requires(Permission.TreeRead)]
    Task<string> UndecidedAsync(CancellationToken cancellationToken);

    /// <summary>Requires nothing.</summary>
    [Requires]
    Task<string> EmptyAsync(CancellationToken cancellationToken);

    /// <summary>Is for the server alone.</summary>
    [SystemOnly]
    Task<string> InternalAsync(CancellationToken cancellationToken);

    /// <summary>Is for anybody with a ticket.</summary>
    [Anonymous]
    Task<string> OpenAsync(CancellationToken cancellationToken);
}

public sealed class CarelessGrain : Grain, ICarelessGrain
{
    public Task<string> ForgottenAsync(CancellationToken cancellationToken) => Task.FromResult("ran");

    public Task<string> UndecidedAsync(CancellationToken cancellationToken) => Task.FromResult("ran");

    public Task<string> EmptyAsync(CancellationToken cancellationToken) => Task.FromResult("ran");

    public Task<string> InternalAsync(CancellationToken cancellationToken) => Task.FromResult("ran");

    public Task<string> OpenAsync(CancellationToken cancellationToken) => Task.FromResult("ran");
}
