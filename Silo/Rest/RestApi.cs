using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using W0rktree.Silo.Front;
using W0rktree.Silo.Rest.Routes;

namespace W0rktree.Silo.Rest;

/// <summary>Puts the REST API together.</summary>
internal static class RestApi
{
    /// <summary>The version in every address.</summary>
    public const string Root = "/api/v1";

    /// <summary>Adds what the routes need.</summary>
    public static IServiceCollection AddRestApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(LimitSettings.Read(configuration));
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<TreeReading>();
        services.ConfigureHttpJsonOptions(o => RestJson.Apply(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
            o.AddDocumentTransformer(DescribeDocument);
            o.AddOperationTransformer(DescribeOperation);
            o.AddSchemaTransformer(DescribeSchema);
        });
        return services;
    }

    /// <summary>Lets every request to REST pass its door, after routing and before the route.</summary>
    public static IApplicationBuilder UseRestDoor(this IApplicationBuilder app) => app.UseMiddleware<RestDoor>();

    /// <summary>Maps the routes.</summary>
    public static void MapRestApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/api/{documentName}/openapi.json").WithMetadata(OpenToAll.Mark);
        var root = app.MapGroup(Root).AddEndpointFilter(EntityTags.FilterAsync);
        AccountRoutes.Map(root);
        DeviceRoutes.Map(root);
        TokenRoutes.Map(root);
        TenantRoutes.Map(root);
        QuotaRoutes.Map(root);
        TeamRoutes.Map(root);
        InvitationRoutes.Map(root);
        ServiceAccountRoutes.Map(root);
        WorktreeRoutes.Map(root);
        HistoryRoutes.Map(root);
        FileRoutes.Map(root);
        StagedRoutes.Map(root);
        AccessRoutes.Map(root);
        GrantRoutes.Map(root);
        EventRoutes.Map(root);
    }

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "W0rktree",
            Version = "v1",
            Description = "History, staged work and access of worktrees. Lists have cursors, answers ETags, and failures the shape of ErrorBody.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A personal token or a session's: wt_…" },
        };
        return Task.CompletedTask;
    }

    private static async Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var isOpen = context.Description.ActionDescriptor.EndpointMetadata.OfType<OpenToAll>().Any();
        operation.Security = isOpen ? [] : [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", context.Document)] = [] }];
        context.Document!.AddComponent(nameof(ErrorBody), await context.GetOrCreateSchemaAsync(typeof(ErrorBody), null, cancellationToken));
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "What went wrong.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = new OpenApiSchemaReference(nameof(ErrorBody), context.Document) },
            },
        };
    }

    /// <summary>What may be null is left out where it is, so nobody may count on it.</summary>
    private static Task DescribeSchema(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null)
            {
                schema.Required?.Remove(property.Name);
            }
        }

        return Task.CompletedTask;
    }
}
