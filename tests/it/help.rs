use crate::support::{Ended, Program};

/// Returns what a command prints, its blanks as one.
async fn printed(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let Ended { status, stdout, stderr, .. } = Program::run(arguments, environment).await;
    assert_eq!(status.code(), Some(0), "{arguments:?}: {stderr}");
    stdout.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn help_speaks_the_language_that_is_asked_for_or_the_systems() {
    let (english, spanish) = ("Make one look-up and print", "Hace una consulta e imprime");
    let (colombia, plain) = (&[("LANG", "es_CO.UTF-8")][..], &[("LANG", "C.UTF-8")][..]);
    for (arguments, environment, expected) in [
        (&["query", "--help"][..], colombia, spanish),
        (&["query", "-h"], colombia, spanish),
        (&["help", "query"], colombia, spanish),
        (&["--help"], colombia, spanish),
        (&["query", "--help"], plain, english),
        (&["query", "--help", "--lang", "es"], plain, spanish),
        (&["--lang=es", "query", "-h"], plain, spanish),
        (&["--help", "--lang", "en"], colombia, english),
    ] {
        let help = printed(arguments, environment).await;
        assert!(help.contains(expected), "{arguments:?} {environment:?}: {help}");
    }
}

#[tokio::test]
async fn a_command_without_what_it_needs_prints_its_help_in_the_persons_language() {
    let ended = Program::run(&["caller"], &[("LANG", "es_CO.UTF-8")]).await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("Uso: wolkvox-mcp caller"), "{}", ended.stderr);
}

#[tokio::test]
async fn help_in_spanish_is_spanish_to_the_last_word() {
    let help =
        Program::run(&["caller", "remove", "-h", "--lang", "es"], &[("COLUMNS", "100")]).await;
    let help: String = help.stdout.iter().take(15).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(help, @r"
    Le quita el acceso a alguien

    Uso: wolkvox-mcp caller remove [OPCIONES] <NAME>

    Argumentos:
      <NAME>  El nombre del usuario

    Opciones:
          --sandbox        Consulta el sandbox incorporado, que tiene datos ficticios, en lugar de una
                           cuenta real
          --lang <LANG>    Idioma de lo que se imprime para las personas [por defecto: el del sistema]
                           [valores posibles: en, es]
          --tenant <NAME>  Para `query`, `check` y un asistente por stdio: a cuál de los [tenants] del
                           archivo se consulta
      -h, --help           Muestra la ayuda (más con '--help')
    ");
}

#[tokio::test]
async fn completions_describe_in_the_language_of_who_asks_for_them() {
    let spanish = printed(&["completions", "zsh", "--lang", "es"], &[]).await;
    assert!(spanish.contains("Hace una consulta e imprime la respuesta"), "{spanish}");
    let english = printed(&["completions", "zsh", "--lang", "en"], &[]).await;
    assert!(english.contains("Make one look-up and print the answer"), "{english}");
}
