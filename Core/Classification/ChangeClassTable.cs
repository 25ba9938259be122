namespace W0rktree.Core.Classification;

/// <summary>One row of the built-in table.</summary>
/// <param name="Class">The class that the patterns make.</param>
/// <param name="About">What the row holds, for the reference page.</param>
/// <param name="Patterns">Patterns in gitignore syntax, separated by spaces; case does not count.</param>
internal sealed record ChangeClassRow(ChangeClass Class, string About, string Patterns);

/// <summary>
/// The built-in table; a later row wins. Extensions come first and names after them, since a name says more.
/// docs/reference/change-classes.md shows the table, and a test holds the two together.
/// </summary>
internal static class ChangeClassTable
{
    public static IReadOnlyList<ChangeClassRow> Rows { get; } =
    [
        new(ChangeClass.Asset, "pictures", "*.png *.jpg *.jpeg *.gif *.bmp *.webp *.avif *.ico *.icns *.tif *.tiff *.svg *.psd *.psb *.ai *.eps *.xcf *.heic *.raw *.exr *.hdr *.tga *.dds *.sketch *.fig"),
        new(ChangeClass.Asset, "sound and film", "*.mp3 *.wav *.ogg *.oga *.flac *.aac *.m4a *.opus *.mid *.midi *.mp4 *.m4v *.mov *.avi *.mkv *.webm *.wmv"),
        new(ChangeClass.Asset, "fonts, models, scenes", "*.ttf *.otf *.woff *.woff2 *.eot *.fbx *.obj *.blend *.glb *.gltf *.stl *.3ds *.dae *.usd *.usdz *.uasset *.umap *.unity *.prefab"),
        new(ChangeClass.Asset, "data", "*.csv *.tsv *.parquet *.arrow *.npy *.npz *.pkl *.h5 *.onnx *.safetensors *.pt *.db *.sqlite *.bin *.dat *.xls *.xlsx *.ppt *.pptx"),
        new(ChangeClass.Asset, "archives and binaries", "*.zip *.gz *.tgz *.bz2 *.xz *.zst *.7z *.rar *.tar *.jar *.war *.nupkg *.whl *.deb *.rpm *.dmg *.iso *.exe *.dll *.so *.dylib *.a *.lib *.o *.pdb *.wasm *.class"),

        new(ChangeClass.Documentation, "extensions", "*.md *.mdx *.markdown *.rst *.adoc *.asciidoc *.txt *.org *.tex *.bib *.pod *.rdoc *.textile *.wiki *.man *.rtf *.pdf *.doc *.docx *.odt *.epub"),
        new(ChangeClass.Documentation, "names", "readme license licence copying notice authors contributors changelog changes news maintainers todo readme.* license.* licence.* license-* licence-* copying.*"),

        new(ChangeClass.Config, "extensions", "*.json *.json5 *.jsonc *.yaml *.yml *.toml *.ini *.cfg *.conf *.config *.properties *.plist *.xml *.env *.service *.socket *.timer *.desktop *.reg *.ruleset *.runsettings"),
        new(ChangeClass.Config, "build and infrastructure by extension", "*.cmake *.mk *.ninja *.sln *.slnx *.props *.targets *.vcxproj *.xcconfig *.pbxproj *.tf *.tfvars *.hcl *.nix *.bzl"),
        new(ChangeClass.Config, "build and tools by name", "makefile makefile.* gnumakefile dockerfile dockerfile.* *.dockerfile containerfile cmakelists.txt meson.build jenkinsfile vagrantfile procfile justfile rakefile brewfile codeowners build.bazel workspace.bazel"),
        new(ChangeClass.Config, "dot files", ".*rc .env .env.* .editorconfig .*ignore .gitattributes .gitconfig .clang-format .clang-tidy .mailmap .tool-versions .nvmrc .python-version .ruby-version .globalconfig"),
        new(ChangeClass.Config, "ignore rules of the product", "/.wt/ignore .wt-tree/ignore **/.wt-tree/ignore"),

        new(ChangeClass.Dependency, "any ecosystem", "*.lock *.lockb *.lockfile .gitmodules"),
        new(ChangeClass.Dependency, ".NET", "*.csproj *.fsproj *.vbproj *.nuspec packages.config packages.lock.json directory.packages.props paket.dependencies project.assets.json"),
        new(ChangeClass.Dependency, "JavaScript", "package.json package-lock.json npm-shrinkwrap.json pnpm-lock.yaml pnpm-workspace.yaml bower.json"),
        new(ChangeClass.Dependency, "Python", "requirements*.txt constraints*.txt pyproject.toml setup.py setup.cfg pipfile environment.yml environment.yaml conda-lock.yml"),
        new(ChangeClass.Dependency, "Rust, Go", "cargo.toml go.mod go.sum go.work go.work.sum gopkg.toml"),
        new(ChangeClass.Dependency, "Java, Kotlin, Scala, Clojure", "pom.xml build.gradle build.gradle.kts settings.gradle settings.gradle.kts libs.versions.toml build.sbt ivy.xml deps.edn project.clj"),
        new(ChangeClass.Dependency, "Ruby, PHP, Perl", "gemfile gems.rb gems.locked *.gemspec composer.json cpanfile cpanfile.snapshot"),
        new(ChangeClass.Dependency, "C, C++", "vcpkg.json vcpkg-configuration.json conanfile.txt conanfile.py"),
        new(ChangeClass.Dependency, "Apple, Dart", "package.swift package.resolved podfile *.podspec cartfile cartfile.resolved pubspec.yaml"),
        new(ChangeClass.Dependency, "Elixir, Erlang, Haskell, OCaml, Elm", "mix.exs rebar.config stack.yaml *.cabal cabal.project cabal.project.freeze *.opam dune-project elm.json"),
        new(ChangeClass.Dependency, "infrastructure", "flake.nix chart.yaml .terraform.lock.hcl module.bazel"),
    ];
}
