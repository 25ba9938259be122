using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Core;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Answers one method.</summary>
internal delegate Task<Result<TResult>> Handle<TParams, TResult>(RequestContext context, TParams parameters, CancellationToken cancellationToken);

/// <summary>Answers one method, with parameters and result as JSON.</summary>
internal delegate Task<Result<JsonElement>> HandleJson(RequestContext context, JsonElement? parameters, CancellationToken cancellationToken);

/// <summary>Knows which code answers which method. Filled once at the start, then only read.</summary>
internal sealed class HandlerTable
{
    private readonly Dictionary<string, HandleJson> _handlers = new(StringComparer.Ordinal);

    /// <summary>Registers the code for a method.</summary>
    public HandlerTable Add<TParams, TResult>(string method, JsonTypeInfo<TParams> parametersType, JsonTypeInfo<TResult> resultType, Handle<TParams, TResult> handle)
        where TParams : class
    {
        _handlers.Add(method, async (context, json, cancellationToken) =>
        {
            TParams? parameters;
            try
            {
                parameters = json is { ValueKind: JsonValueKind.Object } given ? given.Deserialize(parametersType) : JsonSerializer.Deserialize("{}", parametersType);
            }
            catch (JsonException e)
            {
                return new Error(ErrorCodes.InvalidArgument, $"The parameters of '{method}' are not as documented: {e.Message}");
            }

            var result = await handle(context, parameters!, cancellationToken);
            return result.IsOk ? JsonSerializer.SerializeToElement(result.Value, resultType) : result.Error;
        });
        return this;
    }

    /// <summary>Registers the code for a method without parameters.</summary>
    public HandlerTable Add<TResult>(string method, JsonTypeInfo<TResult> resultType, Func<RequestContext, CancellationToken, Task<Result<TResult>>> handle) =>
        Add(method, IpcJson.Default.Nothing, resultType, (context, _, cancellationToken) => handle(context, cancellationToken));

    /// <summary>Finds the code for a method.</summary>
    public HandleJson? Find(string method) => _handlers.GetValueOrDefault(method);
}
